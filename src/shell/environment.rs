//! The one place that reads the environment: variables, user, host, terminal. Read once, then passed as a value.

use std::ffi::{OsStr, OsString};
use std::io::IsTerminal;
use std::os::fd::AsFd;
use std::path::PathBuf;

use crate::domain::zone::Tz;
use crate::service::GitConfig;

/// What the program was started in.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// `WARROOM_HOME`: the home to use.
    pub home: Option<PathBuf>,
    /// `WARROOM_AS`: who acts.
    pub as_person: Option<String>,
    /// `WARROOM_NOW`: where the program's clock starts (RFC 3339).
    pub now: Option<String>,
    /// `WARROOM_TEST_SYNCHRONOUS` is `NORMAL`: commits do not wait for the disk. Only a debug build can be told so, for
    /// the test that must find such a program out.
    #[cfg(debug_assertions)]
    pub unsynced: bool,
    /// `WARROOM_LOG`: what is written to the program's own log file (a `tracing` filter).
    pub log: Option<String>,
    /// `VISUAL`: the editor of choice.
    pub visual: Option<String>,
    /// `EDITOR`: the editor where `VISUAL` is not set.
    pub editor: Option<String>,
    /// `TZ`: the zone of the one who sits here, who may be elsewhere than the host.
    pub tz: Option<String>,
    /// `NO_COLOR` is set and not empty.
    pub no_color: bool,
    /// `TERM`.
    pub term: Option<String>,
    /// `COLORTERM`: `truecolor` or `24bit` where the terminal has all colours.
    pub colorterm: Option<String>,
    /// Whether the locale (`LC_ALL`, `LC_CTYPE`, `LANG`) is UTF-8; true where none is set.
    pub utf8: bool,
    /// `HOME`: the user's own folder.
    pub user_home: Option<PathBuf>,
    /// `XDG_CONFIG_HOME`, if absolute as the standard asks.
    pub xdg_config_home: Option<PathBuf>,
    /// `XDG_DATA_HOME`, if absolute as the standard asks.
    pub xdg_data_home: Option<PathBuf>,
    /// `XDG_RUNTIME_DIR`, if absolute as the standard asks: private, and gone with the session.
    pub xdg_runtime_dir: Option<PathBuf>,
    /// `GIT_CONFIG_GLOBAL`, `GIT_CONFIG_SYSTEM` and `GIT_CONFIG_NOSYSTEM`: what git is configured by. Here alone an empty
    /// variable counts, as for git: it names no file.
    pub git: GitConfig,
    /// The folder in which the program was started.
    pub working_folder: Option<PathBuf>,
    /// The Unix user: the name of the process's user id, else `uid-<number>`.
    pub user: String,
    /// The host's name, up to the first dot.
    pub host: String,
    /// The terminal, such as `/dev/pts/3`.
    pub tty: Option<String>,
    /// The session came over SSH (`SSH_CONNECTION` is set).
    pub ssh: bool,
    /// Standard input is a terminal.
    pub stdin_is_terminal: bool,
    /// Standard output is a terminal.
    pub stdout_is_terminal: bool,
    /// Standard error is a terminal.
    pub stderr_is_terminal: bool,
    /// The number of this process.
    pub pid: u32,
}

impl Environment {
    /// Reads everything.
    #[must_use]
    pub fn read() -> Self {
        Self::of_process().completed()
    }

    /// Reads what the process was given, which is enough to find the home: the variables, the working folder, and
    /// whether it has a terminal.
    #[must_use]
    pub fn of_process() -> Self {
        Self {
            working_folder: std::env::current_dir().ok(),
            stdin_is_terminal: std::io::stdin().is_terminal(),
            stdout_is_terminal: std::io::stdout().is_terminal(),
            stderr_is_terminal: std::io::stderr().is_terminal(),
            ..Self::from_variables(variable)
        }
    }

    /// Whether somebody types and looks: standard input and output are a terminal.
    #[must_use]
    pub const fn is_terminal(&self) -> bool {
        self.stdin_is_terminal && self.stdout_is_terminal
    }

    /// With user, host and the terminal's name as well, for which the system is asked.
    #[must_use]
    pub fn completed(mut self) -> Self {
        self.user = user_name();
        self.host = host_name();
        self.tty = tty_name();
        self.pid = std::process::id();
        self
    }

    /// Reads the variables through `get`; everything else keeps its default. An empty variable counts as unset.
    #[must_use]
    pub fn from_variables(get: impl Fn(&str) -> Option<OsString>) -> Self {
        let raw = |name: &str| get(name).filter(|v| !v.is_empty());
        let text = |name: &str| raw(name).map(|v| v.to_string_lossy().into_owned());
        let folder = |name: &str| raw(name).map(PathBuf::from);
        let absolute = |name: &str| folder(name).filter(|p| p.is_absolute());
        let locale = text("LC_ALL").or_else(|| text("LC_CTYPE")).or_else(|| text("LANG"));
        Self {
            home: folder("WARROOM_HOME"),
            as_person: text("WARROOM_AS"),
            now: text("WARROOM_NOW"),
            #[cfg(debug_assertions)]
            unsynced: text("WARROOM_TEST_SYNCHRONOUS").is_some_and(|v| v == "NORMAL"),
            log: text("WARROOM_LOG"),
            visual: text("VISUAL"),
            editor: text("EDITOR"),
            tz: text("TZ"),
            no_color: raw("NO_COLOR").is_some(),
            term: text("TERM"),
            colorterm: text("COLORTERM"),
            utf8: locale.is_none_or(|l| is_utf8(&l)),
            user_home: absolute("HOME"),
            xdg_config_home: absolute("XDG_CONFIG_HOME"),
            xdg_data_home: absolute("XDG_DATA_HOME"),
            xdg_runtime_dir: absolute("XDG_RUNTIME_DIR"),
            git: git_config(&get),
            ssh: raw("SSH_CONNECTION").is_some(),
            ..Self::default()
        }
    }

    /// The local zone: what `TZ` names, else the host's; UTC where neither is known.
    #[must_use]
    pub fn zone(&self) -> Tz {
        let named = |name: &str| Tz::named(name.strip_prefix(':').unwrap_or(name));
        let host = || iana_time_zone::get_timezone().ok().and_then(|name| Tz::named(&name));
        self.tz.as_deref().and_then(named).or_else(host).unwrap_or(Tz::UTC)
    }

    /// The folder of the user's own configuration of this program, if there is a place for one.
    #[must_use]
    pub fn config_folder(&self) -> Option<PathBuf> {
        let base = self.xdg_config_home.clone().or_else(|| Some(self.user_home.as_ref()?.join(".config")))?;
        Some(base.join("warroom"))
    }

    /// The home where nothing else names one: `$XDG_DATA_HOME/warroom`, else `~/.local/share/warroom`.
    #[must_use]
    pub fn default_home(&self) -> Option<PathBuf> {
        let base =
            self.xdg_data_home.clone().or_else(|| Some(self.user_home.as_ref()?.join(".local/share")))?;
        Some(base.join("warroom"))
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// The files that stand in for those by which git is usually configured.
fn git_config(get: &impl Fn(&str) -> Option<OsString>) -> GitConfig {
    let set = |value: OsString| {
        let value = value.to_string_lossy().to_ascii_lowercase();
        matches!(value.as_str(), "true" | "yes" | "on") || value.parse().is_ok_and(|n: i64| n != 0)
    };
    let no_system = get("GIT_CONFIG_NOSYSTEM").is_some_and(set).then(PathBuf::new);
    GitConfig {
        global: get("GIT_CONFIG_GLOBAL").map(PathBuf::from),
        system: no_system.or_else(|| get("GIT_CONFIG_SYSTEM").map(PathBuf::from)),
    }
}

/// The C and POSIX locales count as UTF-8: containers and ssh sessions often have them on terminals that draw it all.
fn is_utf8(locale: &str) -> bool {
    match locale.split_once('.') {
        None => true,
        Some((_, charset)) => {
            let charset = charset.split('@').next().unwrap_or(charset).replace('-', "");
            charset.eq_ignore_ascii_case("utf8")
        }
    }
}

fn user_name() -> String {
    let id = nix::unistd::Uid::current();
    match nix::unistd::User::from_uid(id) {
        Ok(Some(user)) => user.name,
        _ => format!("uid-{id}"),
    }
}

fn host_name() -> String {
    let name = nix::unistd::gethostname().unwrap_or_default();
    let name = name.to_string_lossy();
    name.split('.').next().filter(|n| !n.is_empty()).unwrap_or("localhost").to_owned()
}

fn tty_name() -> Option<String> {
    fn name(fd: impl AsFd) -> Option<String> {
        let name = rustix::termios::ttyname(fd, Vec::new()).ok()?;
        Some(OsStr::to_string_lossy(name.to_str().ok()?.as_ref()).into_owned())
    }
    name(std::io::stdin()).or_else(|| name(std::io::stdout())).or_else(|| name(std::io::stderr()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(pairs: &[(&str, &str)]) -> Environment {
        Environment::from_variables(|name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).into()))
    }

    #[test]
    fn empty_variables_count_as_unset() {
        let environment = given(&[("WARROOM_AS", ""), ("NO_COLOR", ""), ("EDITOR", "vi")]);
        assert_eq!(environment.as_person, None);
        assert!(!environment.no_color);
        assert_eq!(environment.editor.as_deref(), Some("vi"));
    }

    #[test]
    fn the_local_zone_is_the_one_that_is_named_for_the_session() {
        for name in ["Asia/Kathmandu", ":Asia/Kathmandu"] {
            assert_eq!(given(&[("TZ", name)]).zone(), Tz::named("Asia/Kathmandu").unwrap());
        }
        // What is no name of a zone leaves the host's.
        assert_eq!(given(&[("TZ", "no/where")]).zone(), given(&[]).zone());
    }

    #[test]
    fn git_is_configured_by_the_files_that_are_named() {
        assert_eq!(given(&[]).git, GitConfig::default());
        let named =
            given(&[("GIT_CONFIG_GLOBAL", ""), ("GIT_CONFIG_SYSTEM", "/s"), ("GIT_CONFIG_NOSYSTEM", "0")]);
        assert_eq!(named.git, GitConfig { global: Some("".into()), system: Some("/s".into()) });
        for yes in ["1", "true", "Yes"] {
            let none = given(&[("GIT_CONFIG_SYSTEM", "/s"), ("GIT_CONFIG_NOSYSTEM", yes)]);
            assert_eq!(none.git.system, Some("".into()), "{yes}");
        }
    }

    #[test]
    fn folders_follow_the_standard() {
        let plain = given(&[("HOME", "/home/alice")]);
        assert_eq!(plain.default_home().unwrap(), PathBuf::from("/home/alice/.local/share/warroom"));
        assert_eq!(plain.config_folder().unwrap(), PathBuf::from("/home/alice/.config/warroom"));
        let set = given(&[("HOME", "/home/alice"), ("XDG_DATA_HOME", "/d"), ("XDG_CONFIG_HOME", "relative")]);
        assert_eq!(set.default_home().unwrap(), PathBuf::from("/d/warroom"));
        assert_eq!(set.config_folder().unwrap(), PathBuf::from("/home/alice/.config/warroom"));
        assert_eq!(given(&[]).default_home(), None);
    }

    #[test]
    fn locales_that_cannot_show_utf8_are_known() {
        for (locale, utf8) in
            [("de_DE.UTF-8", true), ("C", true), ("en_US.ISO-8859-1", false), ("x.utf8@euro", true)]
        {
            assert_eq!(given(&[("LANG", locale)]).utf8, utf8, "{locale}");
        }
    }

    #[test]
    fn user_and_host_always_have_a_name() {
        let environment = Environment::read();
        assert!(!environment.user.is_empty());
        assert!(!environment.host.is_empty() && !environment.host.contains('.'));
    }
}
