//! Starts children so that they outlive the test that asked for them, and not the harness.

use std::process::{Child, Command};
use std::sync::{OnceLock, mpsc};

type Reply = mpsc::Sender<std::io::Result<Child>>;

/// Starts a child from a thread that lives as long as the harness does.
///
/// The kernel's "your parent died" is about the parent's *thread*: a child started from a test's own thread would be
/// killed when that test ends.
pub(super) fn spawn(command: Command) -> std::io::Result<Child> {
    static SPAWNER: OnceLock<mpsc::Sender<(Command, Reply)>> = OnceLock::new();
    let spawner = SPAWNER.get_or_init(|| {
        let (orders, inbox) = mpsc::channel::<(Command, Reply)>();
        std::thread::spawn(move || {
            for (mut command, reply) in inbox {
                // The one who asked may have gone; then the child is dropped, and killed by nobody: so kill it here.
                if let Err(mpsc::SendError(Ok(mut child))) = reply.send(command.spawn()) {
                    let _ = child.kill();
                }
            }
        });
        orders
    });
    let (reply, answer) = mpsc::channel();
    let gone = || std::io::Error::other("the spawning thread is gone");
    spawner.send((command, reply)).map_err(|_| gone())?;
    answer.recv().map_err(|_| gone())?
}
