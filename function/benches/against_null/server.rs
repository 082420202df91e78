//! A function in a process of its own, and what it costs.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use function_sdk_rust::proto::v1::RunFunctionRequest;
use function_sdk_rust::proto::v1::function_runner_service_client::FunctionRunnerServiceClient;
use tonic::transport::Channel;

use crate::null::Null;
use crate::port;

pub(crate) type Client = FunctionRunnerServiceClient<Channel>;

/// A running function; ends with the bench.
pub(crate) struct Server {
    process: Child,
    port: u16,
    started: Instant,
}

// === impl Server ===

impl Server {
    /// The real one.
    pub(crate) fn function() -> Self {
        let program = Command::new(env!("CARGO_BIN_EXE_function-goldenpath"));
        Self::start(program, |port| {
            ["--insecure", "--metrics-address", "", "--address", port].map(String::from).into()
        })
    }

    /// One that does nothing.
    pub(crate) fn null(null: Null) -> Self {
        let program = Command::new(std::env::current_exe().unwrap());
        Self::start(program, |port| ["--serve", null.name(), port].map(String::from).into())
    }

    fn start(mut program: Command, arguments: impl Fn(&str) -> Vec<String>) -> Self {
        let port = port::free();
        let started = Instant::now();
        let process = program
            .args(arguments(&format!("127.0.0.1:{port}")))
            .env_remove("TLS_SERVER_CERTS_DIR")
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { process, port, started }
    }

    /// Connects, and says how long after its start the first call was answered.
    pub(crate) async fn first_answer(&self, request: &RunFunctionRequest) -> (Client, Duration) {
        let address = format!("http://127.0.0.1:{}", self.port);
        loop {
            if let Ok(mut client) = Client::connect(address.clone()).await {
                client.run_function(request.clone()).await.unwrap();
                return (client.max_decoding_message_size(64 << 20), self.started.elapsed());
            }
            assert!(self.started.elapsed() < Duration::from_secs(20), "{address} does not answer");
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
    }

    /// The CPU time of this process for some calls.
    pub(crate) async fn cpu_of(
        &self,
        client: &mut Client,
        request: &RunFunctionRequest,
        calls: u32,
    ) -> Duration {
        let before = self.cpu();
        for _ in 0..calls {
            client.run_function(request.clone()).await.unwrap();
        }
        self.cpu().saturating_sub(before)
    }

    /// Resident memory in MiB.
    pub(crate) fn resident(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0
    }

    /// CPU time of all threads, in nanoseconds as the scheduler counts them.
    fn cpu(&self) -> Duration {
        let threads = fs::read_dir(format!("/proc/{}/task", self.process.id())).unwrap();
        let of_thread = |folder: fs::DirEntry| {
            let text = fs::read_to_string(folder.path().join("schedstat")).unwrap_or_default();
            text.split(' ').next().and_then(|nanos| nanos.parse().ok()).unwrap_or(0)
        };
        Duration::from_nanos(threads.map(|thread| of_thread(thread.unwrap())).sum())
    }
}

/// Makes calls, several at a time.
pub(crate) async fn side_by_side(client: &Client, request: &RunFunctionRequest, calls: u32) {
    const SIDES: u32 = 4;
    let side = |side: u32| {
        let (mut client, request) = (client.clone(), request.clone());
        tokio::spawn(async move {
            for _ in (side..calls).step_by(SIDES as usize) {
                client.run_function(request.clone()).await.unwrap();
            }
        })
    };
    let sides: Vec<_> = (0..SIDES).map(side).collect();
    for side in sides {
        side.await.unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
