//! The functions of a control plane: its own, and others in their places.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::ControlPlane;
use crate::composer::Composer;
use crate::function::{Function, NAME};
use crate::process::Process;

impl ControlPlane {
    /// A function that composes what a Composition lists, until it is dropped.
    pub async fn composer(&self) -> Result<Composer> {
        Composer::start(&self.run, &self.client).await
    }

    /// The example of a function of one's own, until it is dropped.
    pub async fn start_example_function(&self) -> Result<Function> {
        Function::start_example(&self.run, &self.client).await
    }

    /// Another program in the role of this repository's function, until it is dropped. Crossplane calls it once it is registered.
    pub async fn start_function(&self, log: &str, program: PathBuf) -> Result<Function> {
        Function::serve(log, NAME, program, &self.run, &self.client).await
    }

    /// Has Crossplane call a function where a Composition names this repository's.
    pub async fn register(&self, function: &Function) -> Result<()> {
        function.register(&self.client).await
    }

    /// Has Crossplane call this repository's function again.
    pub async fn register_own_function(&self) -> Result<()> {
        self.register(self.own()?).await
    }

    /// This repository's function.
    pub fn function(&self) -> Result<&Process> {
        self.own().map(|function| &function.process)
    }

    fn own(&self) -> Result<&Function> {
        self.function.as_ref().context("started without a function")
    }
}
