//! One run: a fault, what the others make of it, and the run that goes on from the file.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::case::{Case, Fault, RANKS, SILENCE};
use super::hosts::Hosts;
use super::phase::Phase;
use super::program::{EVERY, STEPS};
use super::team::Team;
use crate::Result;

/// The checkpoint's name, which is in the file as well.
const FILE: &str = "run.pth";

/// For what takes a moment, on a machine that may be busy.
const PLENTY: Duration = Duration::from_secs(60);

/// An undisturbed run: its checkpoints, of which the last is its end.
pub(super) struct Reference(Vec<Vec<u8>>);

impl Reference {
    pub(super) fn new(folder: &Path) -> Result<Reference> {
        let hosts = &Hosts::here();
        let file = folder.join(FILE);
        let mut team = Team::new(hosts, RANKS, &file)?;
        (0..RANKS).try_for_each(|rank| team.start(rank, &["--keep".to_owned()]))?;
        team.succeed(PLENTY)?;
        let read = |step: u64| fs::read(file.with_extension(format!("{step}.pth")));
        let steps = (EVERY..=STEPS).step_by(EVERY as usize);
        Ok(Reference(steps.map(read).collect::<Result<_, _>>()?))
    }

    fn is_end(&self, file: &Path) -> Result<bool> {
        Ok(self.0.last() == Some(&fs::read(file)?))
    }
}

/// What came of a run.
pub(super) struct Outcome {
    /// How long after the fault, or the start where there is none later, the last of the other ranks had ended.
    pub(super) took: Duration,
    /// Whether all ranks went on to the end.
    went_on: bool,
    /// What the others said, one after the other.
    pub(super) messages: Vec<String>,
}

/// Makes one run in a folder of its own.
pub(super) fn run(case: &Case, hosts: &Hosts, reference: &Reference, folder: &Path) -> Result<Outcome> {
    let file = folder.join(FILE);
    let outcome = disturbed(case, hosts, &file);
    hosts.set_link(case.victim, true)?;
    let outcome = outcome?;
    if file.exists() {
        serialize::load_checkpoint(&file).map_err(|e| format!("the checkpoint is not whole: {e}"))?;
        let bytes = fs::read(&file)?;
        if !reference.0.contains(&bytes) {
            return Err("the checkpoint is none of the undisturbed run".into());
        }
    }
    if !outcome.went_on {
        let mut team = Team::new(hosts, case.resumed_by, &file)?;
        (0..case.resumed_by).try_for_each(|rank| team.start(rank, &[]))?;
        team.succeed(PLENTY).map_err(|e| format!("going on: {e}"))?;
    }
    if !reference.is_end(&file)? {
        return Err("the run does not end with the bits of the undisturbed one".into());
    }
    let left: Vec<PathBuf> = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    match left == [file] {
        true => Ok(outcome),
        false => Err(format!("there are files left: {left:?}").into()),
    }
}

/// Starts the ranks, lets it happen, and looks at how they end.
fn disturbed(case: &Case, hosts: &Hosts, file: &Path) -> Result<Outcome> {
    let mut team = Team::new(hosts, case.ranks, file)?;
    let mut begin = Instant::now();
    let (v, limit) = (case.victim, case.limit());
    let others = (0..case.ranks).filter(|rank| *rank != v && Some(*rank) != case.late());
    for rank in others.chain([v]) {
        team.start(rank, &arguments(case, rank))?;
    }
    if case.at.is_some() {
        team.reached(case.victim, PLENTY)?;
        match (case.fault, case.phase()) {
            (Fault::KillSoon | Fault::StopSoon, Some(Phase::Checkpoint)) => written_to(file)?,
            _ => sleep(case.after),
        }
        begin = Instant::now();
        strike(case, hosts, &mut team)?;
    }
    if let Some(late) = case.late() {
        team.start(late, &arguments(case, late))?;
    }
    if matches!(case.fault, Fault::None | Fault::StopBriefly | Fault::CutBriefly) {
        let end = team.succeed(PLENTY)?;
        let took = end.saturating_duration_since(begin);
        return Ok(Outcome { took, went_on: true, messages: vec!["the run went on".to_owned()] });
    }
    let end = team.ended(|rank| case.concerns(rank), begin + limit);
    let end = end.map_err(|e| format!("{e} after {} s", limit.as_secs_f64()))?;
    let took = end.saturating_duration_since(begin);
    let messages = check(case, hosts, &mut team)?;
    // The one concerned ends, too, once it can.
    match case.fault {
        Fault::Stop | Fault::StopSoon => {
            team.signal(v, "-CONT")?;
            team.go(v);
        }
        Fault::Hang => team.go(v),
        _ => {}
    }
    team.ended(|rank| rank == v, Instant::now() + limit + PLENTY / 4)
        .map_err(|e| format!("{e} long after the others"))?;
    Ok(Outcome { took, went_on: false, messages })
}

/// What a rank is told besides what all are.
fn arguments(case: &Case, rank: u32) -> Vec<String> {
    let mut arguments = Vec::new();
    if case.phase() == Some(Phase::Large) {
        arguments.push("--large".to_owned());
    }
    if case.tcp {
        arguments.push("--tcp".to_owned());
    }
    if rank != case.victim {
        return arguments;
    }
    if let Some(at) = case.at {
        arguments.push(format!("--at={at}"));
        arguments.push(format!("--then={}", case.then()));
    }
    match case.fault {
        Fault::Other(name, value) => arguments.push(format!("{name}={value}")),
        Fault::Stranger(stranger) => arguments.push(format!("--stranger={stranger}")),
        _ => {}
    }
    arguments
}

/// Does to the victim what is to be done to it from outside.
fn strike(case: &Case, hosts: &Hosts, team: &mut Team) -> Result<()> {
    match case.fault {
        Fault::Kill | Fault::KillSoon | Fault::KillAnywhere => team.kill(case.victim),
        Fault::Stop | Fault::StopSoon => team.signal(case.victim, "-STOP"),
        Fault::StopBriefly => {
            team.signal(case.victim, "-STOP")?;
            sleep(SILENCE / 2);
            team.signal(case.victim, "-CONT")
        }
        Fault::Cut | Fault::CutBriefly => {
            hosts.set_link(case.victim, false)?;
            team.go(case.victim);
            if case.fault == Fault::CutBriefly {
                sleep(SILENCE / 4);
                hosts.set_link(case.victim, true)?;
            }
            Ok(())
        }
        Fault::None | Fault::Hang | Fault::Panic | Fault::Stranger(_) | Fault::Other(..) => Ok(()),
    }
}

/// Waits until the file is being written, under another name beside it.
fn written_to(file: &Path) -> Result<()> {
    let folder = file.parent().expect("it is in a folder");
    let until = Instant::now() + PLENTY / 60;
    while Instant::now() < until {
        for entry in fs::read_dir(folder)?.flatten() {
            if entry.path() != file && entry.metadata().is_ok_and(|meta| meta.len() > 0) {
                return Ok(());
            }
        }
        sleep(Duration::from_micros(200));
    }
    Err("no file was written".into())
}

/// Whether all others have said what they had to; gives their words.
fn check(case: &Case, hosts: &Hosts, team: &mut Team) -> Result<Vec<String>> {
    let check = |rank: u32| {
        let reasons = match case.fault {
            // Each rank on the other side is as silent as any other there.
            Fault::Cut => (0..case.ranks)
                .filter(|other| hosts.of(*other) != hosts.of(rank))
                .map(Fault::silent)
                .collect(),
            _ => case.reasons(),
        };
        let well = team.status(rank).is_some_and(|status| status.success());
        match (well, team.error(rank)) {
            (true, _) if case.may_be_over() => Ok("the run was over".to_owned()),
            (true, _) => Err(format!("rank {rank} ended well").into()),
            (false, Some(error)) if reasons.iter().any(|reason| error.starts_with(reason)) => Ok(error),
            (false, _) => {
                let words = team.words(rank);
                Err(format!("rank {rank} said: {words}; due was one of {reasons:?}").into())
            }
        }
    };
    (0..case.ranks).filter(|rank| case.concerns(*rank)).map(check).collect()
}
