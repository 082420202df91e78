//! provider-goldenpath-aws: databases and secrets in AWS as Kubernetes objects.

mod args;
mod cluster;
mod controllers;
mod process;

use std::process::ExitCode;

use args::Args;

/// Stack of a worker in bytes. The SDK's requests are large values, which an unoptimised build copies from frame to
/// frame: the usual 2 MiB overflow in `CreateDBInstance`. Only what is touched takes memory.
const STACK: usize = 8 << 20;

fn main() -> ExitCode {
    let args = Args::read();
    process::log(args.debug);
    let runtime = tokio::runtime::Builder::new_multi_thread().thread_stack_size(STACK).enable_all().build();
    let ended = runtime.map_err(anyhow::Error::from).and_then(|runtime| {
        let ended = runtime.block_on(process::run(&args));
        // What has not ended by now is cut off: the drain has waited for it.
        runtime.shutdown_background();
        ended
    });
    match ended {
        Ok(code) => code,
        Err(error) => {
            // Plain, as every other provider says it (R239).
            eprintln!("provider-goldenpath-aws: error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
