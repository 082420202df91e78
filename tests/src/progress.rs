//! What the person in front of the terminal is told while something takes long.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// Without a terminal a line is written this often: a log stays readable, and CI sees that something moves.
const QUIET_INTERVAL: Duration = Duration::from_secs(10);

/// Tells what was done, with the seconds since the harness began.
pub fn say(message: &str) {
    eprintln!("[{:>5.1}s] {message}", started().elapsed().as_secs_f32());
}

fn started() -> Instant {
    static STARTED: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    *STARTED.get_or_init(Instant::now)
}

/// One long step: an updating line on a terminal, a line every few seconds elsewhere.
pub struct Progress {
    message: String,
    begun: Instant,
    told: Instant,
    terminal: bool,
}

impl Progress {
    /// Announces the step.
    pub fn new(message: impl Into<String>) -> Self {
        let message = message.into();
        say(&message);
        Self {
            message,
            begun: Instant::now(),
            told: Instant::now(),
            terminal: std::io::stderr().is_terminal(),
        }
    }

    /// To be called often; says something only when it is time.
    pub fn tick(&mut self) {
        let interval = if self.terminal { Duration::from_millis(500) } else { QUIET_INTERVAL };
        if self.told.elapsed() < interval {
            return;
        }
        self.told = Instant::now();
        let seconds = self.begun.elapsed().as_secs();
        if self.terminal {
            eprint!("\r         … {} ({}m{:02}s)   ", self.message, seconds / 60, seconds % 60);
            // A progress line that cannot be written is not worth failing for.
            let _ = std::io::stderr().flush();
        } else {
            say(&format!("… {} ({}m{:02}s)", self.message, seconds / 60, seconds % 60));
        }
    }

    /// Ends the step and tells how long it took.
    pub fn done(self, result: &str) {
        if self.terminal {
            eprint!("\r\x1b[K");
        }
        say(&format!("{result} ({:.1}s)", self.begun.elapsed().as_secs_f32()));
    }
}
