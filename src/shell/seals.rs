//! Signing commits and running hooks, as git itself would: with the programs that git's configuration names. It must
//! not decide whether a commit has to be signed (`archive` does).

use std::ffi::OsStr;
use std::io::{Read, Write};
use std::path::Path;

use crate::domain::log::SIGNATURE_NAMESPACE;
use crate::service::{HookPaths, Hooks, Sealing, Signer, SigningFormat, SigningRequest};
use crate::shell::process::Program;

/// Signs and runs hooks by starting programs.
#[derive(Debug, Clone, Copy, Default)]
pub struct Seals;

impl Sealing for Seals {
    fn signer(&self, request: &SigningRequest) -> Result<Box<dyn Signer>, String> {
        match request.format {
            SigningFormat::Ssh if request.key.is_none() => {
                Err("user.signingkey is not set, and gpg.format is ssh".to_owned())
            }
            _ => Ok(Box::new(ProgramSigner { request: request.clone(), namespace: "git" })),
        }
    }

    fn hooks(&self, paths: &HookPaths) -> Option<Box<dyn Hooks>> {
        (paths.pre_commit.is_some() || paths.commit_msg.is_some())
            .then(|| Box::new(ProgramHooks { paths: paths.clone() }) as Box<dyn Hooks>)
    }
}

/// Signs the head of a log with the user's own SSH key, as `ssh-keygen -Y verify` checks it. `key`: a file, a public key
/// whose private half the agent has, or `key::…`.
///
/// # Errors
/// What went wrong, in words.
pub fn sign_head(key: &str, text: &str) -> Result<String, String> {
    let request = SigningRequest {
        format: SigningFormat::Ssh,
        key: Some(key.to_owned()),
        program: "ssh-keygen".to_owned(),
    };
    ProgramSigner { request, namespace: SIGNATURE_NAMESPACE }.sign(text.as_bytes())
}

struct ProgramSigner {
    request: SigningRequest,
    /// What an SSH signature is for.
    namespace: &'static str,
}

impl Signer for ProgramSigner {
    fn sign(&self, payload: &[u8]) -> Result<String, String> {
        let program = &self.request.program;
        let mut key_file = None;
        let run = match self.request.format {
            SigningFormat::Ssh => {
                let key = self.request.key.as_deref().unwrap_or_default();
                // A literal public key is signed with by the agent; a file is a key of its own.
                let literal = key.strip_prefix("key::").or_else(|| key.starts_with("ssh-").then_some(key));
                let key = match literal {
                    Some(text) => {
                        let mut file = tempfile::NamedTempFile::new().map_err(|e| e.to_string())?;
                        file.write_all(text.as_bytes()).map_err(|e| e.to_string())?;
                        let path = file.path().to_path_buf();
                        key_file = Some(file);
                        path
                    }
                    None => Path::new(key).to_path_buf(),
                };
                let run = Program::new([program.as_str(), "-Y", "sign", "-n", self.namespace]);
                let run = if literal.is_some() { run.arg("-U") } else { run };
                run.arg("-f").arg(key)
            }
            SigningFormat::OpenPgp | SigningFormat::X509 => {
                let run = Program::new([program.as_str(), "--status-fd=2", "-bsa"]);
                match &self.request.key {
                    Some(key) => run.arg("-u").arg(key),
                    None => run,
                }
            }
        };
        let done = run.input(payload.to_vec()).captured().map_err(|e| e.to_string())?;
        drop(key_file);
        if !done.status.success() {
            return Err(format!("{program} ended with {}: {}", done.status, end_of(&done.stderr)));
        }
        String::from_utf8(done.stdout).map_err(|_| format!("{program} did not write a signature"))
    }
}

/// The most of what a program printed that a message quotes, in bytes. Why it refused stands at the end.
const QUOTED: usize = 4 << 10;

/// The longest message of a commit that a hook may leave, in bytes.
const LONGEST_MESSAGE: u64 = 64 << 10;

/// What a program printed, as far as a message can hold it.
fn end_of(printed: &[u8]) -> String {
    let from = printed.len().saturating_sub(QUOTED);
    let end = String::from_utf8_lossy(printed.get(from..).unwrap_or_default());
    format!("{}{}", if from > 0 { "… " } else { "" }, end.trim())
}

struct ProgramHooks {
    paths: HookPaths,
}

impl ProgramHooks {
    fn run(&self, hook: &Path, index: Option<&Path>, argument: Option<&Path>) -> Result<(), String> {
        let mut run = Program::new([hook.as_os_str()])
            .folder(&self.paths.run_in)
            .variable("GIT_DIR", Some(self.paths.git_dir.as_os_str()))
            .variable("GIT_EDITOR", Some(OsStr::new(":")));
        if let Some(index) = index {
            run = run.variable("GIT_INDEX_FILE", Some(index.as_os_str()));
        }
        if let Some(argument) = argument {
            run = run.arg(argument);
        }
        let done = run.captured().map_err(|e| e.to_string())?;
        if done.status.success() {
            return Ok(());
        }
        let said = end_of(&[done.stdout, done.stderr].concat());
        Err(format!("{} ended with {}: {said}", hook.display(), done.status))
    }
}

impl Hooks for ProgramHooks {
    fn pre_commit(&self, index_file: &Path) -> Result<(), String> {
        match &self.paths.pre_commit {
            Some(hook) => self.run(hook, Some(index_file), None),
            None => Ok(()),
        }
    }

    fn commit_msg(&self, message: &str) -> Result<String, String> {
        let Some(hook) = &self.paths.commit_msg else { return Ok(message.to_owned()) };
        let mut file = tempfile::NamedTempFile::new().map_err(|e| e.to_string())?;
        file.write_all(message.as_bytes()).map_err(|e| e.to_string())?;
        self.run(hook, None, Some(file.path()))?;
        let mut message = Vec::new();
        std::fs::File::open(file.path())
            .and_then(|left| left.take(LONGEST_MESSAGE + 1).read_to_end(&mut message))
            .map_err(|e| e.to_string())?;
        if message.len() as u64 > LONGEST_MESSAGE {
            return Err(format!("it made a message of more than {LONGEST_MESSAGE} bytes"));
        }
        String::from_utf8(message).map_err(|_| "it made a message that is not UTF-8".to_owned())
    }
}
