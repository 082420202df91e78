//! `function-goldenpath` against a function that decodes its request and echoes it, paired in one run.
//!
//! Both serve the same request over gRPC, in turns; what counts is the CPU time of each process. The requests are the steady
//! states of a database with 13 composed resources and of an app that asks for everything, as Crossplane sends them. Prints
//! figures and gates nothing.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench ends by panicking, and prints"
)]
#![allow(clippy::disallowed_methods, reason = "a bench measures the world; the library may not")]

#[path = "against_null/app.rs"]
mod app;
#[path = "../tests/golden/case.rs"]
mod case;
#[path = "against_null/null.rs"]
mod null;
#[path = "../tests/serve/port.rs"]
mod port;
#[path = "against_null/request.rs"]
mod request;
#[path = "against_null/server.rs"]
mod server;

use std::time::{Duration, Instant};

use function_sdk_rust::proto::v1::RunFunctionRequest;
use goldenpath_function::service::run;
use null::Null;
use prost::Message;
use server::Server;
use tokio::runtime::{Builder, Runtime};

/// Turns of each; one turn would be at the mercy of whatever else the machine does.
const TURNS: u32 = 20;
/// Calls in one turn.
const CALLS: u32 = 200;
/// Starts of a process, of which the middle one counts.
const STARTS: usize = 9;
/// Calls after which memory is looked at, several of them at a time: Crossplane reconciles XRs side by side.
const MANY: [u32; 3] = [1_000, 10_000, 100_000];
/// The largest message that is read.
const LARGEST: usize = 16 << 20;

fn main() {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--serve").skip(1);
    if let (Some(null), Some(address)) = (arguments.next(), arguments.next()) {
        // As `function-goldenpath` is served.
        return Runtime::new().unwrap().block_on(Null::of(&null).serve(address));
    }
    Builder::new_current_thread().enable_all().build().unwrap().block_on(bench());
}

async fn bench() {
    let app = app::steady();
    told("an app", &app);
    against(Null::Echo, &app, " (goal 1.1x)").await;
    where_it_goes(&app);
    let steady = request::steady();
    told("a database", &steady);
    against(Null::Echo, &steady, " (goal 1.1x)").await;
    against(Null::Silent, &steady, "").await;
    where_it_goes(&steady);
    cold_start(&steady).await;
    many(&steady).await;
    largest().await;
}

fn told(what: &str, steady: &RunFunctionRequest) {
    let resources = steady.observed.as_ref().map_or(0, |observed| observed.resources.len());
    let (asked, answered) = (steady.encoded_len(), run(steady).encoded_len());
    println!("{what}: {resources} composed resources, {asked} bytes; response: {answered} bytes");
}

/// CPU time a call, in turns.
async fn against(null: Null, steady: &RunFunctionRequest, goal: &str) {
    let (ours, theirs) = (Server::function(), Server::null(null));
    let ((mut to_ours, _), (mut to_theirs, _)) =
        (ours.first_answer(steady).await, theirs.first_answer(steady).await);
    let (mut cpu_ours, mut cpu_theirs) = (Duration::ZERO, Duration::ZERO);
    for _ in 0..TURNS {
        cpu_theirs += theirs.cpu_of(&mut to_theirs, steady, CALLS).await;
        cpu_ours += ours.cpu_of(&mut to_ours, steady, CALLS).await;
    }
    let each = |cpu: Duration| cpu.as_secs_f64() * 1e6 / f64::from(TURNS * CALLS);
    let ratio = cpu_ours.as_secs_f64() / cpu_theirs.as_secs_f64();
    println!(
        "CPU a call: null that {} {:.0} us, ours {:.0} us: {ratio:.2}x{goal}",
        null.does(),
        each(cpu_theirs),
        each(cpu_ours)
    );
}

/// The time from the start of the process to its first answer.
async fn cold_start(steady: &RunFunctionRequest) {
    let mut starts = Vec::with_capacity(STARTS);
    for _ in 0..STARTS {
        starts.push(Server::function().first_answer(steady).await.1);
    }
    starts.sort();
    println!("cold start to the first answer: {:.1} ms (goal 20)", starts[STARTS / 2].as_secs_f64() * 1e3);
}

/// Memory after many calls.
async fn many(steady: &RunFunctionRequest) {
    let ours = Server::function();
    let (client, _) = ours.first_answer(steady).await;
    let mut calls = 1;
    for until in MANY {
        server::side_by_side(&client, steady, until - calls).await;
        calls = until;
        println!("resident after {calls} calls: {:.1} MiB (goal 12)", ours.resident());
    }
}

/// Whether the largest message is served.
async fn largest() {
    let ours = Server::function();
    let request = request::of_size(LARGEST);
    let (mut client, _) = ours.first_answer(&request::of_size(64 << 10)).await;
    let answer = client.run_function(request).await;
    let told = if answer.is_ok() { "served" } else { "refused" };
    println!(
        "a message of {} MiB: {told} (goal served), then resident {:.1} MiB",
        LARGEST >> 20,
        ours.resident()
    );
}

/// The parts of an answer, in this process. What is left of a call is gRPC, and letting go of the request.
fn where_it_goes(steady: &RunFunctionRequest) {
    let bytes = steady.encode_to_vec();
    let response = run(steady);
    let decode = fastest(|| drop(RunFunctionRequest::decode(&bytes[..])));
    let compose = fastest(|| drop(run(steady)));
    let encode = fastest(|| drop(response.encode_to_vec()));
    println!("in the process: decode {decode:.0} us, compose {compose:.0} us, encode {encode:.0} us");
}

/// The fastest of many times: whatever else the machine does can only make it slower.
fn fastest(mut work: impl FnMut()) -> f64 {
    const TIMES: u32 = 50;
    let times = (0..TIMES).map(|_| {
        let begun = Instant::now();
        (0..TIMES).for_each(|_| work());
        begun.elapsed().as_secs_f64() * 1e6 / f64::from(TIMES)
    });
    times.fold(f64::INFINITY, f64::min)
}
