//! The defaults of the XRD, for XRs that have not passed an API server (`crossplane render`).

use super::{Lifecycle, Scaling, Security, Strategy, StrategyType};

impl Default for Lifecycle {
    fn default() -> Self {
        Self { termination_grace_period_seconds: half_a_minute(), pre_stop_sleep_seconds: None }
    }
}

impl Default for Strategy {
    fn default() -> Self {
        Self {
            r#type: StrategyType::default(),
            max_surge: None,
            max_unavailable: None,
            progress_deadline_seconds: five_minutes(),
        }
    }
}

impl Default for Scaling {
    fn default() -> Self {
        Self {
            enabled: false,
            min_replicas: one(),
            max_replicas: ten(),
            target_cpu_utilization: seventy(),
            target_memory_utilization: None,
            scale_down_stabilization_seconds: five_minutes(),
        }
    }
}

impl Default for Security {
    fn default() -> Self {
        Self {
            run_as_user: None,
            read_only_root_filesystem: true,
            writable_tmp: true,
            automount_service_account_token: false,
        }
    }
}

pub(super) fn yes() -> bool {
    true
}

pub(super) fn one() -> i32 {
    1
}

pub(super) fn ten() -> i32 {
    10
}

pub(super) fn seventy() -> i32 {
    70
}

pub(super) fn usual_port() -> i32 {
    8080
}

pub(super) fn half_a_minute() -> i64 {
    30
}

pub(super) fn five_minutes() -> i32 {
    300
}
