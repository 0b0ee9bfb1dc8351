//! Where ranks run: all on this machine, or on hosts that are network namespaces.

use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::switch::Switch;
use crate::Result;

/// The name of a host's only connection, and of its network.
const DEVICE: &str = "link0";
const NETWORK: &str = "10.99.0";

/// The hosts of the ranks, taken in turn.
pub(super) struct Hosts {
    /// The namespaces; none stands for this machine itself.
    names: Vec<String>,
    link: Link,
    /// Removes the namespaces when its input ends: also when this process is killed.
    guard: Option<Child>,
}

/// What connects them.
enum Link {
    Loopback,
    /// A bridge of the system in a namespace of this name, with a pair of devices for each host.
    Bridge(String),
    /// A program.
    Switch(Switch),
}

/// What a link does to what is sent over it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Quality {
    pub(super) delay: Duration,
    /// The share of packets that are lost.
    pub(super) loss: f64,
}

impl Hosts {
    /// This machine.
    pub(super) fn here() -> Hosts {
        Hosts { names: Vec::new(), link: Link::Loopback, guard: None }
    }

    /// So many hosts, each with a link to all others.
    pub(super) fn new(count: u32, quality: Quality) -> Result<Hosts> {
        let prefix = format!("rushlight-{}", std::process::id());
        let bridge = format!("{prefix}-bridge");
        let names: Vec<String> = (0..count).map(|host| format!("{prefix}-{host}")).collect();
        let guard = guard(names.iter().chain([&bridge]))?;
        // From here on the guard removes what there is.
        let mut hosts = Hosts { names, link: Link::Loopback, guard: Some(guard) };
        for name in &hosts.names {
            ip(&["netns", "add", name])?;
            ip(&["-n", name, "link", "set", "lo", "up"])?;
        }
        hosts.link = match bridged(&hosts.names, &bridge, quality) {
            Ok(()) => Link::Bridge(bridge),
            Err(_) if quality != Quality::default() => {
                ip(&["netns", "delete", &bridge])?;
                Link::Switch(Switch::new(&hosts.names, quality)?)
            }
            Err(error) => return Err(error),
        };
        Ok(hosts)
    }

    /// What connects them, in words.
    pub(super) fn link(&self) -> &str {
        match self.link {
            Link::Loopback => "the loopback device",
            Link::Bridge(_) => "a bridge of the system",
            Link::Switch(_) => "a switch of our own: this system has no `netem`",
        }
    }

    /// The host of a rank.
    pub(super) fn of(&self, rank: u32) -> u32 {
        rank % self.names.len().max(1) as u32
    }

    /// Where rank 0 listens.
    pub(super) fn address(&self) -> String {
        match self.link {
            Link::Loopback => "127.0.0.1".to_owned(),
            _ => address(0),
        }
    }

    /// A port that is free there.
    pub(super) fn port(&self) -> Result<u16> {
        match self.link {
            Link::Loopback => Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port()),
            _ => Ok(29500),
        }
    }

    /// This program, on the host of a rank.
    pub(super) fn program(&self, rank: u32) -> Result<Command> {
        let me = std::env::current_exe()?;
        let Some(name) = self.names.get(self.of(rank) as usize) else { return Ok(Command::new(me)) };
        let mut program = Command::new("ip");
        program.args(["netns", "exec", name]).arg(me);
        Ok(program)
    }

    /// Cuts the link of a rank's host, or mends it.
    pub(super) fn set_link(&self, rank: u32, up: bool) -> Result<()> {
        match &self.link {
            Link::Loopback => Ok(()),
            Link::Bridge(bridge) => {
                let port = format!("port{}", self.of(rank));
                ip(&["-n", bridge, "link", "set", &port, if up { "up" } else { "down" }])
            }
            Link::Switch(switch) => {
                switch.set_link(self.of(rank) as usize, up);
                Ok(())
            }
        }
    }
}

impl Drop for Hosts {
    fn drop(&mut self) {
        self.link = Link::Loopback; // what runs in the namespaces ends first
        if let Some(mut guard) = self.guard.take() {
            drop(guard.stdin.take());
            let _ = guard.wait();
        }
    }
}

/// The address of a host.
pub(super) fn address(host: usize) -> String {
    format!("{NETWORK}.{}", host + 1)
}

/// A process that removes these namespaces, and what runs in them, when its input ends. In a process group of its own, so that Ctrl-C
/// does not reach it.
fn guard<'a>(names: impl Iterator<Item = &'a String>) -> Result<Child> {
    let script = "read -r _; for name; do
        ip netns pids \"$name\" | xargs -r kill -9
        ip netns delete \"$name\"
    done";
    let mut guard = Command::new("sh");
    guard.args(["-c", script, "sh"]).args(names).process_group(0);
    Ok(guard.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?)
}

/// Connects the hosts by a bridge.
fn bridged(names: &[String], bridge: &str, quality: Quality) -> Result<()> {
    ip(&["netns", "add", bridge])?;
    ip(&["-n", bridge, "link", "add", "bridge0", "type", "bridge"])?;
    ip(&["-n", bridge, "link", "set", "bridge0", "up"])?;
    for (host, name) in names.iter().enumerate() {
        let (port, address) = (format!("port{host}"), format!("{}/24", address(host)));
        ip(&["-n", bridge, "link", "add", &port, "type", "veth", "peer", "name", DEVICE, "netns", name])?;
        ip(&["-n", bridge, "link", "set", &port, "master", "bridge0", "up"])?;
        if quality != Quality::default() {
            let [delay, loss] =
                [format!("{}us", quality.delay.as_micros()), format!("{}%", quality.loss * 100.0)];
            let netem = ["root", "netem", "delay", &delay, "loss", &loss];
            run("tc", &[&["-n", name, "qdisc", "add", "dev", DEVICE][..], &netem].concat())?;
        }
        ip(&["-n", name, "address", "add", &address, "dev", DEVICE])?;
        ip(&["-n", name, "link", "set", DEVICE, "up"])?;
    }
    Ok(())
}

fn ip(arguments: &[&str]) -> Result<()> {
    run("ip", arguments)
}

/// Runs a command of iproute2.
fn run(program: &str, arguments: &[&str]) -> Result<()> {
    let output = Command::new(program).args(arguments).output();
    let output = output.map_err(|e| format!("--hosts needs the program `{program}` of iproute2: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&output.stderr).trim().replace('\n', "; ");
    Err(format!("{program} {}: {words} (--hosts needs to be root, on Linux)", arguments.join(" ")).into())
}
