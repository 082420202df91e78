//! One process of the stack: started, killed, started again; its output in one log file.
//!
//! One that is kept is started again when it ends by itself, as a kubelet does; one that a story ends stays as it is.
//!
//! Three things keep a run from leaving processes behind. A dropped [`Process`] kills its child. The children are in
//! process groups of their own, so that Ctrl-C reaches the harness alone, which then stops them. And where `setpriv`
//! exists (util-linux), the kernel kills each child when the harness is killed without a chance to do so itself.

mod launch;
mod spawner;

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use rustix::process::{Pid, Signal, kill_process};
use tokio::task::JoinHandle;

use crate::progress::say;
use spawner::spawn;

pub(crate) use launch::Launch;

/// How often it is looked at whether a kept process has ended, and how soon it is started again.
const KEEP_INTERVAL: Duration = Duration::from_millis(500);

/// A process with a name, a log, and a life that a story may end and begin again.
#[derive(Debug)]
pub struct Process {
    life: Arc<Life>,
    keeper: OnceLock<JoinHandle<()>>,
}

/// What a process shares with who keeps it alive.
#[derive(Debug)]
struct Life {
    name: String,
    log: PathBuf,
    launch: Mutex<Launch>,
    child: Mutex<Option<Child>>,
}

impl Process {
    /// Starts it, with its log in the given folder.
    pub(crate) fn start_new(name: &str, logs: &Path, launch: Launch) -> Result<Self> {
        let life = Life {
            name: name.to_owned(),
            log: logs.join(format!("{name}.log")),
            launch: Mutex::new(launch),
            child: Mutex::new(None),
        };
        life.start()?;
        Ok(Self { life: Arc::new(life), keeper: OnceLock::new() })
    }

    /// From now on starts it again whenever it ends by itself, and says so, in its log as well.
    pub(crate) fn keep(&self) {
        let life = Arc::clone(&self.life);
        self.keeper.get_or_init(|| {
            tokio::spawn(async move {
                loop {
                    tokio::time::sleep(KEEP_INTERVAL).await;
                    life.start_again();
                }
            })
        });
    }

    /// Its name, which is also the name of its log.
    pub fn name(&self) -> &str {
        &self.life.name
    }

    /// Its process id while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.child().as_ref().map(Child::id)
    }

    /// Where it writes.
    pub fn log(&self) -> &Path {
        &self.life.log
    }

    /// How much it has written: what comes later begins there.
    pub fn log_size(&self) -> Result<usize> {
        Ok(usize::try_from(std::fs::metadata(&self.life.log)?.len())?)
    }

    /// The last lines it wrote.
    pub fn log_tail(&self, lines: usize) -> String {
        let text = std::fs::read_to_string(&self.life.log).unwrap_or_default();
        let all: Vec<&str> = text.lines().collect();
        all[all.len().saturating_sub(lines)..].join("\n")
    }

    /// Starts it again as it was; nothing happens when it runs.
    pub fn start(&self) -> Result<()> {
        self.life.start()
    }

    /// Changes an environment variable for the next start.
    pub fn set_env(&self, name: &str, value: &str) {
        let mut launch = self.life.launch.lock().unwrap_or_else(PoisonError::into_inner);
        launch.environment.retain(|(known, _)| known != name);
        launch.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Changes what is run at the next start.
    pub fn set_program(&self, program: PathBuf) {
        self.life.launch.lock().unwrap_or_else(PoisonError::into_inner).program = program;
    }

    /// Whether it is there.
    pub fn is_running(&self) -> bool {
        self.life.is_running()
    }

    /// Waits until it has ended by itself, and tells how.
    pub async fn ended(&self, limit: Duration) -> Result<ExitStatus> {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.exited()? {
                return Ok(status);
            }
            if begun.elapsed() > limit {
                bail!("{} did not end by itself within {limit:?}:\n{}", self.name(), self.log_tail(30));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// How it ended, if it did by itself.
    fn exited(&self) -> Result<Option<ExitStatus>> {
        self.life.exited()
    }

    /// SIGKILL, as a machine that loses power: no drain, no goodbye. Returns when it is gone.
    pub fn kill(&self) {
        if let Some(mut child) = self.child().take() {
            // Both fail only for a process that is gone already, which is what is wanted.
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// SIGTERM, and the time it takes to go by itself; an error when it does not within the limit.
    pub fn terminate(&self, limit: Duration) -> Result<ExitStatus> {
        let mut child = self.child().take().ok_or_else(|| anyhow!("{} does not run", self.name()))?;
        kill_process(Pid::from_child(&child), Signal::TERM)?;
        let begun = Instant::now();
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(status);
            }
            if begun.elapsed() > limit {
                let _ = child.kill();
                let _ = child.wait();
                bail!("{} did not stop within {limit:?} after SIGTERM", self.name());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// SIGSTOP: it is there and answers nothing. [`Process::resume`] ends it.
    pub fn pause(&self) -> Result<()> {
        self.signal(Signal::STOP)
    }

    /// SIGCONT.
    pub fn resume(&self) -> Result<()> {
        self.signal(Signal::CONT)
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        let child = self.child();
        let child = child.as_ref().ok_or_else(|| anyhow!("{} does not run", self.name()))?;
        Ok(kill_process(Pid::from_child(child), signal)?)
    }

    /// Waits until a check holds; ends at once, with the log, when the process has gone.
    pub(crate) async fn until_ready<F>(&self, limit: Duration, mut check: impl FnMut() -> F) -> Result<()>
    where
        F: Future<Output = bool>,
    {
        let begun = Instant::now();
        while !check().await {
            if let Some(status) = self.exited()? {
                bail!("{} ended with {status} while starting:\n{}", self.name(), self.log_tail(30));
            }
            if begun.elapsed() > limit {
                bail!("{} was not ready within {limit:?}:\n{}", self.name(), self.log_tail(30));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    fn child(&self) -> MutexGuard<'_, Option<Child>> {
        self.life.child()
    }
}

// === impl Life ===

impl Life {
    fn start(&self) -> Result<()> {
        if self.is_running() {
            return Ok(());
        }
        let launch = self.launch.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let command = launch.command(&self.log)?;
        let child = spawn(command)
            .with_context(|| format!("cannot start {} ({})", self.name, launch.program.display()))?;
        *self.child() = Some(child);
        Ok(())
    }

    /// Only where it has ended by itself: what a story has ended is not there any more.
    fn start_again(&self) {
        let Ok(Some(status)) = self.exited() else { return };
        let name = &self.name;
        let outcome = match self.start() {
            Ok(()) => format!("{name} ended by itself with {status}, and was started again"),
            Err(error) => {
                *self.child() = None;
                format!("{name} ended by itself with {status}, and cannot be started: {error:#}")
            }
        };
        say(&outcome);
        // Without its log there is nothing to say it in, and its next start says why.
        let log = OpenOptions::new().append(true).open(&self.log);
        let _ = log.and_then(|mut log| writeln!(log, "--- {outcome}"));
    }

    fn is_running(&self) -> bool {
        matches!(self.exited(), Ok(None)) && self.child().is_some()
    }

    fn exited(&self) -> Result<Option<ExitStatus>> {
        match self.child().as_mut() {
            Some(child) => Ok(child.try_wait()?),
            None => Ok(None),
        }
    }

    fn child(&self) -> MutexGuard<'_, Option<Child>> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(keeper) = self.keeper.get() {
            keeper.abort();
        }
        self.kill();
    }
}

/// Runs to its end; an error with its output when that is not success.
pub(crate) async fn run(name: &str, logs: &Path, launch: Launch) -> Result<()> {
    let process = Process::start_new(name, logs, launch)?;
    let status = loop {
        if let Some(status) = process.exited()? {
            break status;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    if !status.success() {
        bail!("{name} ended with {status}:\n{}", process.log_tail(30));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wait;

    const LIMIT: Duration = Duration::from_secs(20);

    fn logs(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("goldenpath-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[tokio::test]
    async fn what_is_kept_and_ends_by_itself_is_started_again_and_its_log_says_so() {
        let logs = logs("kept");
        let launch = Launch::new("sh").args(["-c", "echo begun; exit 3"]);
        let process = Process::start_new("short", &logs, launch).unwrap();
        process.keep();
        wait::until("it has begun twice, and says why", LIMIT, async || {
            let log = process.log_tail(100);
            let says = log.contains("short ended by itself with exit status: 3, and was started again");
            Ok((says && log.matches("begun").count() > 1).then_some(()))
        })
        .await
        .unwrap();
        drop(process);
        std::fs::remove_dir_all(logs).unwrap();
    }

    #[tokio::test]
    async fn what_is_ended_by_a_story_stays_so() {
        let logs = logs("ended");
        let launch = Launch::new("sh").args(["-c", "echo begun; exec sleep 60"]);
        let process = Process::start_new("long", &logs, launch).unwrap();
        process.keep();
        process.kill();
        process.life.start_again();
        assert!(!process.is_running());
        drop(process);
        std::fs::remove_dir_all(logs).unwrap();
    }
}
