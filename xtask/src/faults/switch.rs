//! A switch between hosts that delays and loses packets, where the system cannot.

use std::os::unix::net::UnixDatagram;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc::channel;
use std::thread::{sleep, spawn};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tensor::Generator;

use super::hosts::{Quality, address};
use crate::Result;

/// Longer than any packet.
const LONGEST: usize = 1 << 16;

/// The name of the switch's own socket; a host's is its number.
const HUB: &str = "switch";

/// The switch: each host has a device whose packets `socat` brings here and takes from here, through a socket
/// in a folder. Both are gone when it is dropped.
pub(super) struct Switch {
    carriers: Vec<Child>,
    cut: Arc<Vec<AtomicBool>>,
    folder: TempDir,
}

/// A packet on its way.
struct Packet {
    due: Instant,
    to: usize,
    bytes: Vec<u8>,
}

impl Switch {
    /// Connects the namespaces of these names.
    pub(super) fn new(names: &[String], quality: Quality) -> Result<Switch> {
        let folder = tempfile::tempdir()?;
        let incoming = UnixDatagram::bind(folder.path().join(HUB))?;
        let outgoing = incoming.try_clone()?;
        let cut: Arc<Vec<AtomicBool>> = Arc::new(names.iter().map(|_| AtomicBool::new(false)).collect());
        let mut switch = Switch { carriers: Vec::new(), cut: cut.clone(), folder };
        let mut ports = Vec::new();
        for (host, name) in names.iter().enumerate() {
            let port = switch.folder.path().join(host.to_string());
            let device = format!("TUN:{}/24,up,iff-no-pi", address(host));
            let to =
                format!("UNIX-SENDTO:{},bind={}", switch.folder.path().join(HUB).display(), port.display());
            let mut carrier = Command::new("ip");
            carrier.args(["netns", "exec", name, "socat", "-b", &LONGEST.to_string(), &device, &to]);
            switch.carriers.push(carrier.stdin(Stdio::null()).stderr(Stdio::null()).spawn()?);
            ports.push(port);
        }
        let until = Instant::now() + Duration::from_secs(5);
        while !ports.iter().all(|port| port.exists()) {
            if Instant::now() > until {
                return Err(
                    "this system has no `netem` for --delay and --loss; without it `socat` is needed".into(),
                );
            }
            sleep(Duration::from_millis(5));
        }
        let (sender, receiver) = channel();
        spawn(move || {
            let mut generator = Generator::new(0);
            let mut bytes = vec![0; LONGEST];
            // The destination of an IPv4 packet is in these bytes, and the hosts are counted from 1.
            while let Ok((length, from)) = incoming.recv_from(&mut bytes) {
                let Some(to) = bytes[..length].get(16..20).map(|to| usize::from(to[3])) else { continue };
                let from = from.as_pathname().and_then(|path| path.file_name()?.to_str()?.parse().ok());
                let (Some(from), Some(to)) = (from, to.checked_sub(1)) else { continue };
                let is_cut = |host: usize| cut.get(host).is_none_or(|cut| cut.load(SeqCst));
                if is_cut(from) || is_cut(to) || generator.bernoulli(quality.loss) {
                    continue;
                }
                let packet =
                    Packet { due: Instant::now() + quality.delay, to, bytes: bytes[..length].to_vec() };
                if sender.send(packet).is_err() {
                    return;
                }
            }
        });
        spawn(move || {
            for packet in receiver {
                sleep(packet.due.saturating_duration_since(Instant::now()));
                let _ = outgoing.send_to(&packet.bytes, &ports[packet.to]); // the host may be gone
            }
        });
        Ok(switch)
    }

    /// Cuts the link of a host, or mends it.
    pub(super) fn set_link(&self, host: usize, up: bool) {
        self.cut[host].store(!up, SeqCst);
    }
}

impl Drop for Switch {
    fn drop(&mut self) {
        for carrier in &mut self.carriers {
            let _ = carrier.kill(); // it may have ended
            let _ = carrier.wait();
        }
    }
}
