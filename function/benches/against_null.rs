//! `function-goldenpath` against a function that decodes its request and echoes it, paired in one run.
//!
//! Both serve the same request over gRPC, in turns; what counts is the CPU time of each process. The request is the
//! steady state of an XR with 13 composed resources, as Crossplane sends it. Prints figures and gates nothing.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench ends by panicking, and prints"
)]
#![allow(clippy::disallowed_methods, reason = "a bench measures the world; the library may not")]

#[path = "../tests/golden/case.rs"]
mod case;
#[path = "against_null/null.rs"]
mod null;
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

/// Turns of each; one turn would be at the mercy of whatever else the machine does.
const TURNS: u32 = 20;
/// Calls in one turn.
const CALLS: u32 = 500;
/// Calls after which memory is looked at.
const MANY: u32 = 100_000;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--serve").skip(1);
    if let (Some(null), Some(address)) = (arguments.next(), arguments.next()) {
        return Null::of(&null).serve(address).await;
    }
    let steady = request::steady();
    let (asked, answered) = (steady.encoded_len(), run(&steady).encoded_len());
    println!("request: 13 composed resources, {asked} bytes; response: {answered} bytes");
    where_it_goes(&steady);
    for null in Null::ALL {
        against(null, &steady).await;
    }
    many(&steady).await;
}

/// CPU time a call, in turns.
async fn against(null: Null, steady: &RunFunctionRequest) {
    let (ours, theirs) = (Server::function(), Server::null(null));
    let ((mut to_ours, _), (mut to_theirs, _)) =
        (ours.first_answer(steady).await, theirs.first_answer(steady).await);
    let (mut cpu_ours, mut cpu_theirs) = (Duration::ZERO, Duration::ZERO);
    for _ in 0..TURNS {
        cpu_theirs += theirs.cpu_of(&mut to_theirs, steady, CALLS).await;
        cpu_ours += ours.cpu_of(&mut to_ours, steady, CALLS).await;
    }
    let each = |cpu: Duration| cpu.as_secs_f64() * 1e6 / f64::from(TURNS * CALLS);
    let (name, ratio) = (null.name(), cpu_ours.as_secs_f64() / cpu_theirs.as_secs_f64());
    println!(
        "CPU a call: null ({name}) {:.0} us, ours {:.0} us: {ratio:.2}x",
        each(cpu_theirs),
        each(cpu_ours)
    );
}

/// Memory after many calls, and the time to the first.
async fn many(steady: &RunFunctionRequest) {
    let ours = Server::function();
    let (mut client, cold) = ours.first_answer(steady).await;
    println!("cold start to the first answer: {:.1} ms (goal 20)", cold.as_secs_f64() * 1e3);
    let mut calls = 1;
    for until in [1_000, MANY] {
        ours.cpu_of(&mut client, steady, until - calls).await;
        calls = until;
        println!("resident after {calls} calls: {:.1} MiB (goal 12)", ours.resident());
    }
}

/// The parts of an answer, in this process.
fn where_it_goes(steady: &RunFunctionRequest) {
    let bytes = steady.encode_to_vec();
    let response = run(steady);
    let decode = timed(|| drop(RunFunctionRequest::decode(&bytes[..])));
    let compose = timed(|| drop(run(steady)));
    let encode = timed(|| drop(response.encode_to_vec()));
    println!("in the process: decode {decode:.0} us, compose {compose:.0} us, encode {encode:.0} us");
}

fn timed(mut work: impl FnMut()) -> f64 {
    const TIMES: u32 = 2000;
    (0..TIMES / 10).for_each(|_| work());
    let begun = Instant::now();
    (0..TIMES).for_each(|_| work());
    begun.elapsed().as_secs_f64() * 1e6 / f64::from(TIMES)
}
