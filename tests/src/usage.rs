//! What a process costs, as the kernel counts it.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::Process;

/// One reading of a process's counters.
#[derive(Clone, Copy, Debug)]
pub struct Usage {
    at: Instant,
    cpu: Duration,
    /// Resident memory, in bytes.
    pub resident: u64,
    /// The part of it that is the process's own: neither its program's file nor shared.
    pub anonymous: u64,
}

/// The kernel's unit of processor time, the same on every Linux.
const TICK: Duration = Duration::from_millis(10);

// === impl Usage ===

impl Usage {
    /// Reads the counters of a running process.
    pub fn read(process: &Process) -> Result<Self> {
        let pid = process.pid().with_context(|| format!("{} does not run", process.name()))?;
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
        let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
        let memory =
            |name: &str| kibibytes(&status, name).map(|k| k * 1024).with_context(|| format!("no {name}"));
        Ok(Self {
            at: Instant::now(),
            cpu: TICK * ticks(&stat).context("cannot read the process's times")?,
            resident: memory("VmRSS:")?,
            anonymous: memory("RssAnon:")?,
        })
    }

    /// The share of one core that was used since an earlier reading.
    pub fn cores_since(&self, earlier: &Self) -> f64 {
        let passed = self.at.duration_since(earlier.at).as_secs_f64();
        self.cpu.saturating_sub(earlier.cpu).as_secs_f64() / passed.max(f64::EPSILON)
    }
}

/// User and system time: fields 14 and 15, counted after the name, which may hold anything in parentheses.
fn ticks(stat: &str) -> Option<u32> {
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    Some(fields.get(11)?.parse::<u32>().ok()? + fields.get(12)?.parse::<u32>().ok()?)
}

fn kibibytes(status: &str, name: &str) -> Option<u64> {
    status.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_times_of_a_process_are_read_whatever_its_name_is() {
        let stat = "42 (a) b (c)) S 1 2 3 4 5 6 7 8 9 10 120 34 0 0 20 0 8 0";
        assert_eq!(ticks(stat), Some(154));
        assert_eq!(kibibytes("VmHWM:\t  9 kB\nVmRSS:\t  12345 kB\n", "VmRSS:"), Some(12345));
    }
}
