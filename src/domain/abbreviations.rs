//! Short forms that people type in a hurry, and what postmortems call it: *prom* is Prometheus. A question is asked by
//! both, since some postmortems say the short one. It must not touch what postmortems say, nor look anything up.

use std::borrow::Cow;

use super::idioms;

/// Short forms of operations, in order, and what they stand for. None that is as often something else (*ns*, *sw*), and none
/// that the thesaurus has a row for.
const SHORT: &[(&str, &str)] = &[
    ("acct", "account"),
    ("accts", "accounts"),
    ("addr", "address"),
    ("asg", "autoscaling group"),
    ("az", "availability zone"),
    ("cfg", "config"),
    ("cfn", "cloudformation"),
    ("conf", "config"),
    ("conn", "connection"),
    ("conns", "connections"),
    ("cred", "credential"),
    ("creds", "credentials"),
    ("cw", "cloudwatch"),
    ("dc", "data center"),
    ("dep", "dependency"),
    ("deps", "dependencies"),
    ("dr", "disaster recovery"),
    ("env", "environment"),
    ("envs", "environments"),
    ("err", "error"),
    ("errs", "errors"),
    ("es", "elasticsearch"),
    ("ext", "extension"),
    ("fs", "filesystem"),
    ("fw", "firewall"),
    ("gh", "github"),
    ("gw", "gateway"),
    ("hpa", "autoscaler"),
    ("hw", "hardware"),
    ("idx", "index"),
    (IE, "internet explorer"),
    ("img", "image"),
    ("imgs", "images"),
    ("infra", "infrastructure"),
    ("js", "javascript"),
    ("lib", "library"),
    ("libs", "libraries"),
    ("maint", "maintenance"),
    ("mem", "memory"),
    ("mq", "message queue"),
    ("msg", "message"),
    ("msgs", "messages"),
    ("otp", "one time password"),
    ("perf", "performance"),
    ("perms", "permissions"),
    ("pg", "postgres"),
    ("pkg", "package"),
    ("pkgs", "packages"),
    ("pr", "pull request"),
    ("prod", "production"),
    ("prom", "prometheus"),
    ("prs", "pull requests"),
    ("psql", "postgres"),
    ("pw", "password"),
    ("pwd", "password"),
    ("repl", "replication"),
    ("req", "request"),
    ("reqs", "requests"),
    ("rmq", "rabbitmq"),
    ("sg", "security group"),
    ("srv", "server"),
    ("svc", "service"),
    ("tf", "terraform"),
    ("txn", "transaction"),
    ("vuln", "vulnerability"),
    ("vulns", "vulnerabilities"),
];

/// Short only where it is written in capitals: `i.e.` is typed without its points too.
const IE: &str = "ie";

/// A question with its idioms as one word each, and behind every short form what it stands for.
pub fn in_full(text: &str) -> Cow<'_, str> {
    match idioms::plain(text) {
        Cow::Borrowed(text) => told(text),
        Cow::Owned(text) => match told(&text) {
            Cow::Owned(told) => Cow::Owned(told),
            Cow::Borrowed(_) => Cow::Owned(text),
        },
    }
}

/// What a word stands for, as somebody typed it, when it is a short form.
pub fn stands_for(word: &str) -> Option<&'static str> {
    let small = word.to_lowercase();
    let at = SHORT.binary_search_by(|(short, _)| (*short).cmp(small.as_str())).ok()?;
    SHORT.get(at).filter(|_| word != IE).map(|(_, long)| *long)
}

fn told(text: &str) -> Cow<'_, str> {
    let (mut said, mut upto) = (String::new(), 0);
    let mut added: Vec<&str> = Vec::new();
    for (from, word) in words(text) {
        let Some(long) = stands_for(word) else { continue };
        if added.contains(&long) || words(text).any(|(_, there)| there.eq_ignore_ascii_case(long)) {
            continue;
        }
        added.push(long);
        let end = from + word.len();
        said.push_str(text.get(upto..end).unwrap_or_default());
        said.push(' ');
        said.push_str(long);
        upto = end;
    }
    if upto == 0 {
        return Cow::Borrowed(text);
    }
    said.push_str(text.get(upto..).unwrap_or_default());
    Cow::Owned(said)
}

/// The words of a text, and where they begin.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split(|c: char| !c.is_alphanumeric()).filter_map(move |word| {
        let from = at;
        // What parts two words is one character, of so many bytes.
        at += word.len()
            + text.get(at + word.len()..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        (!word.is_empty()).then_some((from, word))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_form_is_asked_with_what_it_stands_for() {
        for (said, read) in [
            ("prom oom", "prom prometheus oom"),
            ("PRs merged, prs closed", "PRs pull requests merged, prs closed"),
            ("es-index write blocked", "es elasticsearch-index write blocked"),
            ("users can't sign in, pw wrong", "users can login, pw password wrong"),
            ("old IE users", "old IE internet explorer users"),
            ("größe pg ü", "größe pg postgres ü"),
        ] {
            assert_eq!(in_full(said), read);
        }
        for said in
            ["", "ie the database", "es elasticsearch red", "esoteric", "Elasticsearch (ES)", "spring", "…"]
        {
            assert!(matches!(in_full(said), Cow::Borrowed(same) if same == said), "{said}");
        }
    }

    #[test]
    fn the_list_is_in_order_and_in_small_letters() {
        assert!(SHORT.is_sorted_by(|one, next| one.0 < next.0));
        assert!(
            SHORT.iter().all(|(short, long)| *short == short.to_lowercase() && *long == long.to_lowercase())
        );
    }
}
