//! `function-goldenpath`: serves golden paths to Crossplane.

use std::path::PathBuf;

use clap::Parser;
use function_sdk_rust::{Args as ServeArgs, logging, serve};
use goldenpath_function::paths;
use goldenpath_function::service::Function;

/// Renders golden paths into managed resources and Kubernetes objects.
#[derive(Parser)]
#[command(name = "function-goldenpath", version)]
#[command(group(clap::ArgGroup::new("credentials").args(["tls_certs_dir", "insecure"]).multiple(true).required(true)))]
struct Args {
    /// Log in detail, for people.
    #[arg(short, long, env = "DEBUG")]
    debug: bool,
    /// Where to listen for Crossplane, `HOST:PORT` or `:PORT`.
    #[arg(long, default_value = ":9443", value_parser = address)]
    address: String,
    /// Folder with `tls.crt`, `tls.key` and `ca.crt`; Crossplane has to show a certificate of that authority.
    #[arg(long, env = "TLS_SERVER_CERTS_DIR")]
    tls_certs_dir: Option<PathBuf>,
    /// Serve without TLS, whatever `--tls-certs-dir` says.
    #[arg(long)]
    insecure: bool,
    /// Where to serve `/metrics`; empty for nowhere.
    #[arg(long, env = "METRICS_ADDRESS", default_value = ":8080")]
    metrics_address: String,
    /// Largest request that is read, in MiB.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=2047))]
    max_recv_message_size: u16,
}

/// Completes the `:PORT` of Go programs, which means every interface.
#[allow(clippy::unnecessary_wraps, reason = "clap takes parsers that may fail")]
fn address(given: &str) -> Result<String, std::convert::Infallible> {
    Ok(match given.strip_prefix(':') {
        Some(port) => format!("0.0.0.0:{port}"),
        None => given.to_owned(),
    })
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Args { debug, address, tls_certs_dir, insecure, metrics_address, max_recv_message_size } =
        Args::parse();
    logging::configure(debug);
    let args = ServeArgs {
        debug,
        address,
        tls_certs_dir,
        insecure,
        max_recv_message_size: Some(usize::from(max_recv_message_size) << 20),
        metrics_address,
    };
    // Stops on SIGTERM and SIGINT, once the calls that it has accepted are answered.
    Ok(serve(Function::of(paths::ALL), &args).await?)
}
