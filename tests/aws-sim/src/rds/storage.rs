//! Storage: sizes, types, IOPS and throughput, and what goes with what.

use super::rules;
use super::setting::Settings;
use crate::Refusal;

/// Where the larger gp3 volumes begin, with their own baseline, in GiB.
fn threshold(engine: &str) -> u32 {
    match engine {
        engine if engine.starts_with("oracle") => 200,
        engine if engine.starts_with("db2") => 100,
        _ => 400,
    }
}

const LARGEST: u32 = 65_536;

/// What a request says of storage.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Asked {
    pub(crate) size: Option<u32>,
    pub(crate) kind: Option<String>,
    pub(crate) iops: Option<u32>,
    pub(crate) throughput: Option<u32>,
}

/// The smallest size of a type; none for a type that does not exist.
fn smallest(kind: &str) -> Option<u32> {
    match kind {
        "gp2" | "gp3" => Some(20),
        "io1" | "io2" => Some(100),
        "standard" => Some(5),
        _ => None,
    }
}

/// Whether IOPS can be chosen for a type and size.
pub(crate) fn takes_iops(engine: &str, kind: &str, size: u32) -> bool {
    matches!(kind, "io1" | "io2") || (kind == "gp3" && size >= threshold(engine))
}

/// Checks what is asked against the type and size that come of it.
pub(crate) fn check(engine: &str, kind: &str, size: u32, asked: &Asked) -> Result<(), Refusal> {
    let smallest = smallest(kind).ok_or_else(|| rules::STORAGE_TYPE.refuse(&[kind]))?;
    let refused = !(smallest..=LARGEST).contains(&size);
    rules::STORAGE_SIZE.refuse_if(refused, &[engine, kind, &size.to_string()])?;
    match kind {
        "gp3" => general(engine, size, asked),
        "io1" | "io2" => provisioned(engine, kind, asked),
        _ => {
            rules::IOPS_NOT_TAKEN.refuse_if(asked.iops.is_some(), &[kind])?;
            rules::THROUGHPUT_NOT_TAKEN.refuse_if(asked.throughput.is_some(), &[kind])
        }
    }
}

fn general(engine: &str, size: u32, asked: &Asked) -> Result<(), Refusal> {
    let threshold = threshold(engine);
    if size < threshold {
        let given = asked.iops.is_some() || asked.throughput.is_some();
        return rules::GP3_TOO_SMALL.refuse_if(given, &[engine, &threshold.to_string()]);
    }
    if let Some(iops) = asked.iops {
        let refused = !(12_000..=64_000).contains(&iops);
        rules::IOPS_VALUE.refuse_if(refused, &[engine, "gp3", &iops.to_string()])?;
    }
    if let Some(throughput) = asked.throughput {
        let refused = !(500..=4_000).contains(&throughput);
        rules::THROUGHPUT_VALUE.refuse_if(refused, &[engine, "gp3", &throughput.to_string()])?;
    }
    Ok(())
}

fn provisioned(engine: &str, kind: &str, asked: &Asked) -> Result<(), Refusal> {
    rules::THROUGHPUT_NOT_TAKEN.refuse_if(asked.throughput.is_some(), &[kind])?;
    match asked.iops {
        Some(iops) => {
            let refused = !(1_000..=256_000).contains(&iops);
            rules::IOPS_VALUE.refuse_if(refused, &[engine, kind, &iops.to_string()])
        }
        None => Ok(()),
    }
}

/// Checks a change of storage, and says what size comes of it: growth is at least a tenth, rounded up.
pub(crate) fn change(engine: &str, current: &Settings, asked: &Asked) -> Result<Option<u32>, Refusal> {
    let (now, kind) = (current.allocated_storage, asked.kind.as_deref().unwrap_or(&current.storage_type));
    let size = asked.size.unwrap_or(now);
    let words = [size.to_string(), now.to_string()];
    rules::STORAGE_SHRINKS.refuse_if(size < now, &[&words[0], &words[1]])?;
    let retyped = kind != current.storage_type;
    let required = retyped && matches!(kind, "io1" | "io2") && asked.iops.is_none();
    rules::IOPS_REQUIRED.refuse_if(required, &[kind])?;
    check(engine, kind, size, asked)?;
    let has_iops = !retyped && takes_iops(engine, kind, now);
    let one_alone = (asked.size.is_some_and(|size| size > now) && asked.iops.is_none())
        || (asked.iops.is_some_and(|iops| Some(iops) != current.iops) && asked.size.is_none());
    rules::SIZE_WITH_IOPS.refuse_if(has_iops && one_alone, &[])?;
    let grown =
        if size > now && !engine.starts_with("sqlserver") { size.max((now * 11).div_ceil(10)) } else { size };
    Ok(asked.size.map(|_| grown))
}

/// Checks the ceiling of a database that grows by itself.
pub(crate) fn ceiling(size: u32, ceiling: Option<u32>, may_be_equal: bool) -> Result<(), Refusal> {
    let Some(ceiling) = ceiling else { return Ok(()) };
    let below = ceiling < size || (ceiling == size && !may_be_equal);
    rules::CEILING_BELOW.refuse_if(below, &[])?;
    rules::CEILING_TOO_LOW.refuse_if(ceiling != size && ceiling * 10 < size * 11, &[])
}

/// gp3 has a baseline that nobody asks for and everybody is told; other types have no throughput; and a ceiling at the
/// size is none.
pub(crate) fn settle(engine: &str, settings: &mut Settings) {
    let large = settings.allocated_storage >= threshold(engine);
    match settings.storage_type.as_str() {
        "gp3" if large => {
            settings.iops = Some(settings.iops.unwrap_or(0).max(12_000));
            settings.throughput = Some(settings.throughput.unwrap_or(0).max(500));
        }
        "gp3" => (settings.iops, settings.throughput) = (Some(3_000), Some(125)),
        "io1" | "io2" => settings.throughput = None,
        _ => (settings.iops, settings.throughput) = (None, None),
    }
    settings.ceiling = settings.ceiling.filter(|ceiling| *ceiling > settings.allocated_storage);
}
