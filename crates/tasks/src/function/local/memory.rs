//! The memory of a worker: what it and its children have resident, as the system counts it.

use crate::limits::FUNCTION_PROCESSES_MAX;

/// Resident bytes of `leader` and everything below it; `None` where the system does not tell. Pages that processes share are
/// counted for each.
pub(super) fn resident_bytes(leader: i32) -> Option<u64> {
    let mut open = vec![leader];
    let mut seen = 0;
    let mut bytes = 0;
    while let Some(process) = open.pop() {
        seen += 1;
        if seen > FUNCTION_PROCESSES_MAX {
            break;
        }
        // A child may be gone by now.
        bytes += resident(process).or_else(|| (process != leader).then_some(0))?;
        open.extend(children(process));
    }
    Some(bytes)
}

fn resident(process: i32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1_024)
}

fn children(process: i32) -> Vec<i32> {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{process}/task")) else { return Vec::new() };
    let lists =
        threads.flatten().filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
    lists
        .flat_map(|list| list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<i32>>())
        .collect()
}
