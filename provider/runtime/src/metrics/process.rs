//! The process itself, by the names that every Prometheus client library gives.

use procfs::process::{LimitValue, Process};
use procfs::{ProcResult, WithCurrentSystemInfo};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;

/// Reads `/proc` on each scrape.
#[derive(Debug)]
struct ThisProcess;

struct Usage {
    cpu_seconds: f64,
    resident_bytes: u64,
    virtual_bytes: u64,
    open_fds: u64,
    max_fds: u64,
    started_at: u64,
}

/// Registers the measurements of this process.
pub(super) fn register(registry: &mut Registry) {
    registry.register_collector(Box::new(ThisProcess));
}

// === impl Usage ===

impl Usage {
    #[allow(clippy::cast_precision_loss, reason = "a process does not live for 2^52 ticks")]
    fn read() -> ProcResult<Self> {
        let process = Process::myself()?;
        let stat = process.stat()?;
        let ticks = procfs::ticks_per_second();
        Ok(Self {
            cpu_seconds: (stat.utime + stat.stime) as f64 / ticks as f64,
            resident_bytes: stat.rss_bytes().get(),
            virtual_bytes: stat.vsize,
            open_fds: process.fd_count()?.try_into().unwrap_or(u64::MAX),
            max_fds: match process.limits()?.max_open_files.soft_limit {
                LimitValue::Value(limit) => limit,
                LimitValue::Unlimited => u64::MAX,
            },
            started_at: procfs::boot_time_secs()? + stat.starttime / ticks,
        })
    }
}

// === impl ThisProcess ===

impl Collector for ThisProcess {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        // Without /proc there is nothing to report.
        let Ok(Usage { cpu_seconds, resident_bytes, virtual_bytes, open_fds, max_fds, started_at }) =
            Usage::read()
        else {
            return Ok(());
        };
        let cpu = encoder.encode_descriptor(
            "process_cpu_seconds",
            "Processor time spent, of user and system",
            None,
            MetricType::Counter,
        )?;
        ConstCounter::new(cpu_seconds).encode(cpu)?;
        for (name, help, value) in [
            ("process_resident_memory_bytes", "Memory in use", resident_bytes),
            ("process_virtual_memory_bytes", "Address space in use", virtual_bytes),
            ("process_open_fds", "File descriptors that are open", open_fds),
            ("process_max_fds", "File descriptors that may be open", max_fds),
            ("process_start_time_seconds", "When the process was started, in Unix time", started_at),
        ] {
            let gauge = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
            ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX)).encode(gauge)?;
        }
        Ok(())
    }
}
