//! `aws-sim --port 0`: serves an AWS on loopback and prints where.

use std::io::Write;

use anyhow::Result;
use clap::Parser;
use goldenpath_aws_sim::server::Server;
use goldenpath_aws_sim::{Cloud, Knobs};
use tokio::net::TcpListener;

/// An AWS with AWS's rules, on loopback.
#[derive(Debug, Parser)]
#[command(name = "aws-sim")]
struct Args {
    /// Where to listen; 0 takes a free port
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// What identifiers are drawn from
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Knobs as JSON, such as {"creating": 0.5, "rate": 5}
    #[arg(long, default_value = "{}", value_parser = knobs)]
    knobs: Knobs,
    /// Print each call, as a line of JSON
    #[arg(long)]
    calls: bool,
}

fn knobs(text: &str) -> Result<Knobs, serde_json::Error> {
    serde_json::from_str(text)
}

#[tokio::main]
async fn main() -> Result<()> {
    let Args { port, seed, knobs, calls } = Args::parse();
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    writeln!(std::io::stdout(), "http://{}", listener.local_addr()?)?;
    let trace = calls.then(|| Box::new(std::io::stdout()) as Box<dyn Write + Send>);
    Server::new(Cloud::new(seed, knobs), trace).serve(listener).await?;
    Ok(())
}
