//! Who connects: only processes of the user that Baton runs as are answered, for an invocation's payload is nobody else's.

use std::net::{IpAddr, SocketAddr};

/// Whether the other end of a loopback connection belongs to our user, or to nobody that the system would name.
#[cfg(target_os = "linux")]
pub(super) fn is_ours(peer: SocketAddr, own: SocketAddr) -> bool {
    let Ok(table) = std::fs::read_to_string("/proc/net/tcp") else { return true };
    let (peer, own) = (hexadecimal(peer), hexadecimal(own));
    let user = table.lines().find_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let is_it = fields.get(1) == Some(&&*peer) && fields.get(2) == Some(&&*own);
        is_it.then(|| fields.get(7)?.parse::<u32>().ok())?
    });
    user.is_none_or(|user| user == rustix::process::geteuid().as_raw())
}

#[cfg(not(target_os = "linux"))]
pub(super) fn is_ours(_peer: SocketAddr, _own: SocketAddr) -> bool {
    true
}

/// An address as the system's table writes it: the bytes of the address as one number of this machine, the port in order.
#[cfg(target_os = "linux")]
fn hexadecimal(address: SocketAddr) -> String {
    let IpAddr::V4(ip) = address.ip() else { return String::new() };
    format!("{:08X}:{:04X}", u32::from_ne_bytes(ip.octets()), address.port())
}
