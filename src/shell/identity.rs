//! Who acts: the handle, in the order `--as`, `WARROOM_AS`, `[me] name`, Unix user. The Unix user and the host are
//! recorded beside it; this module only finds them.

use crate::domain::composed::{composed, folded};
use crate::shell::config::Config;
use crate::shell::environment::Environment;

/// The longest handle, in characters.
const LONGEST: usize = 32;

/// Accounts that several people share: the person behind one is asked for once a session.
const SHARED_ACCOUNTS: &[&str] = &[
    "root",
    "admin",
    "administrator",
    "ops",
    "oncall",
    "on-call",
    "deploy",
    "ubuntu",
    "ec2-user",
    "debian",
    "sre",
];

/// What named the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentitySource {
    /// `--as`.
    Flag,
    /// `WARROOM_AS`.
    Variable,
    /// `[me] name`.
    Config,
    /// The Unix user.
    User,
}

/// Who acts, and as which account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The person's handle.
    pub person: String,
    /// What named them.
    pub source: IdentitySource,
    /// The Unix user.
    pub user: String,
    /// The host's name.
    pub host: String,
}

/// A text that is no handle of a person: a usage error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is no name of a person; use 1 to 32 letters, digits, '.', '_' or '-', such as alice")]
pub struct BadPerson {
    /// What was given, cut.
    pub given: String,
}

/// A name that cannot be used, and where it comes from: a usage error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {error}")]
pub struct BadIdentity {
    /// `--as` or `WARROOM_AS`.
    pub place: &'static str,
    /// What is wrong with it.
    pub error: BadPerson,
}

impl Identity {
    /// Finds who acts.
    ///
    /// # Errors
    /// [`BadIdentity`] when `--as` or `WARROOM_AS` is no handle; a Unix user that is none is made one.
    pub fn find(flag: Option<&str>, environment: &Environment, config: &Config) -> Result<Self, BadIdentity> {
        let named = |place, name: &str| person(name).map_err(|error| BadIdentity { place, error });
        let (person, source) = if let Some(name) = flag {
            (named("--as", name)?, IdentitySource::Flag)
        } else if let Some(name) = &environment.as_person {
            (named("WARROOM_AS", name)?, IdentitySource::Variable)
        } else if let Some(name) = &config.me {
            (name.clone(), IdentitySource::Config)
        } else {
            (from_user(&environment.user), IdentitySource::User)
        };
        Ok(Self { person, source, user: environment.user.clone(), host: environment.host.clone() })
    }

    /// Whether nothing says who is behind an account that several people use: ask once a session.
    #[must_use]
    pub fn ask(&self) -> bool {
        self.source == IdentitySource::User && SHARED_ACCOUNTS.contains(&self.user.as_str())
    }
}

/// Reads the handle of a person: a leading `@` is dropped, letters of any script are welcome and made small.
///
/// # Errors
/// [`BadPerson`] when it is empty, too long, or has spaces or other signs.
pub fn person(text: &str) -> Result<String, BadPerson> {
    let name = text.trim();
    // As `decide::person` has it: typed with its marks apart it is the same name.
    let name = folded(name.strip_prefix('@').unwrap_or(name));
    let fit = (1..=LONGEST).contains(&name.chars().count())
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-'))
        && name.chars().any(char::is_alphanumeric);
    if fit { Ok(name) } else { Err(BadPerson { given: text.chars().take(40).collect() }) }
}

/// A Unix user may hold signs that a handle may not (`DOMAIN\alice`, `alice@corp`).
fn from_user(user: &str) -> String {
    let own = user.rsplit('\\').next().unwrap_or(user);
    let own = own.split('@').next().unwrap_or(own);
    let clean: String = composed(own)
        .chars()
        .map(|c| if c.is_alphanumeric() || ".-_".contains(c) { c } else { '-' })
        .take(LONGEST)
        .collect();
    person(&clean).unwrap_or_else(|_| "unknown".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_plain_words_in_any_script() {
        assert_eq!(person(" @Alice "), Ok("alice".into()));
        assert_eq!(person("žofie.n-2_b"), Ok("žofie.n-2_b".into()));
        assert_eq!(person("山田"), Ok("山田".into()));
        assert_eq!(person("Rene\u{301}"), Ok("ren\u{e9}".into()), "some systems type the mark apart");
        let long = "a".repeat(33);
        for bad in ["", "@", "two words", "a\u{1b}[2J", "a/b", "...", "a\u{202e}b", &long] {
            assert!(person(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_person_is_found_in_the_order_that_is_documented() {
        let mut environment =
            Environment { user: "dana".into(), host: "box".into(), ..Environment::default() };
        let mut config = Config::default();
        let found = |flag, e: &Environment, c: &Config| {
            let who = Identity::find(flag, e, c).unwrap();
            assert_eq!((who.user.as_str(), who.host.as_str()), ("dana", "box"));
            (who.person, who.source)
        };
        assert_eq!(found(None, &environment, &config), ("dana".into(), IdentitySource::User));
        config.me = Some("carol".into());
        assert_eq!(found(None, &environment, &config), ("carol".into(), IdentitySource::Config));
        environment.as_person = Some("@bob".into());
        assert_eq!(found(None, &environment, &config), ("bob".into(), IdentitySource::Variable));
        assert_eq!(found(Some("alice"), &environment, &config), ("alice".into(), IdentitySource::Flag));
        let error = Identity::find(Some("two words"), &environment, &config).unwrap_err().to_string();
        assert!(error.starts_with("--as: ") && error.contains("such as alice"), "{error}");
    }

    #[test]
    fn shared_accounts_are_asked_and_odd_users_become_handles() {
        for (user, person, ask) in [
            ("root", "root", true),
            ("CORP\\alice", "alice", false),
            ("bob@corp", "bob", false),
            ("rene\u{301}", "ren\u{e9}", false),
            ("\u{7}", "unknown", false),
        ] {
            let environment = Environment { user: user.into(), ..Environment::default() };
            let who = Identity::find(None, &environment, &Config::default()).unwrap();
            assert_eq!((who.person.as_str(), who.ask()), (person, ask), "{user:?}");
        }
    }
}
