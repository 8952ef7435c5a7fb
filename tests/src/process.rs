//! Processes of the product.

use std::{
    collections::BTreeMap,
    fs::File,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};

use crate::program::program;

/// A process of the product, killed with the test.
#[derive(Debug)]
pub struct Process(Child);

impl Process {
    /// Starts a program with these settings alone; its log is the test's.
    #[must_use]
    pub fn start(name: &str, arguments: &[&str], settings: &BTreeMap<String, String>) -> Self {
        Self(command(name, arguments, settings).stdout(Stdio::null()).spawn().expect("it starts"))
    }

    /// The same, with all that it says kept in a file.
    #[must_use]
    pub fn recorded(name: &str, arguments: &[&str], settings: &BTreeMap<String, String>, log: &Path) -> Self {
        let log = File::options().create(true).append(true).open(log).expect("a file");
        let both = log.try_clone().expect("the same file");
        Self(command(name, arguments, settings).stdout(log).stderr(both).spawn().expect("it starts"))
    }

    /// Runs a program with these settings alone to its end; what it said, and whether it was content.
    #[must_use]
    pub fn run(name: &str, arguments: &[&str], settings: &BTreeMap<String, String>) -> (bool, String) {
        let output = command(name, arguments, settings).stdin(Stdio::null()).output().expect("it starts");
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&said).into_owned())
    }

    /// Its number, for what the kernel says of it.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// SIGSTOP: it does nothing until it is resumed, and does not know that it did not.
    pub fn pause(&self) {
        kill_process(Pid::from_child(&self.0), Signal::STOP).expect("it was running");
    }

    /// SIGCONT.
    pub fn resume(&self) {
        kill_process(Pid::from_child(&self.0), Signal::CONT).expect("it was running");
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.0.try_wait().expect("its state").is_some()
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        self.0.kill().expect("it was running");
        self.0.wait().expect("it ended");
    }

    /// SIGTERM, then its end.
    pub fn stop(&mut self) -> ExitStatus {
        kill_process(Pid::from_child(&self.0), Signal::TERM).expect("it was running");
        self.wait()
    }

    /// Its end, which comes by itself.
    pub fn wait(&mut self) -> ExitStatus {
        self.0.wait().expect("it ended")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn command(name: &str, arguments: &[&str], settings: &BTreeMap<String, String>) -> Command {
    let mut command = Command::new(program(name));
    command.args(arguments).env_clear().envs(settings);
    command
}
