//! Indicators of compromise: what a value is, how it is written so that nobody follows it by accident, and whom it
//! may be told (the Traffic Light Protocol, version 2). It must not look anything up.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::domain::audience::Audience;
use crate::domain::words::words;

words! {
    /// What an indicator is.
    IocKind "kind of indicator" {
        /// An address of the internet protocol.
        Ip = "ip" | "address" | "ipv4" | "ipv6",
        /// A name in the DNS.
        Domain = "domain" | "host",
        /// A digest of a file.
        Hash = "hash" | "digest",
        /// An address of a page.
        Url = "url" | "uri",
        /// A place in a file system.
        Path = "path" | "file",
        /// An account or a mail address.
        Account = "account" | "user" | "email" | "mail",
        /// Something else.
        Other = "other",
    }
}

words! {
    /// Who may be told, by the Traffic Light Protocol.
    Tlp "TLP colour" {
        /// Everybody.
        Clear = "clear" | "white",
        /// The community, not the public.
        Green = "green",
        /// The organisation and its clients, as far as they need it.
        Amber = "amber",
        /// The organisation only.
        AmberStrict = "amber+strict",
        /// The people in this room only.
        Red = "red",
    }
}

impl Tlp {
    /// It may be told to that audience.
    #[must_use]
    pub const fn allows(self, audience: Audience) -> bool {
        match (self, audience) {
            (_, Audience::Internal) | (Self::Clear, _) => true,
            (Self::Green, Audience::Customers | Audience::Regulator) => true,
            (Self::Green, Audience::Public) => false,
            (Self::Amber | Self::AmberStrict | Self::Red, _) => false,
        }
    }

    /// Who may not be told of a page may not be told of its host.
    #[must_use]
    pub const fn hides_hosts(self) -> bool {
        matches!(self, Self::Amber | Self::AmberStrict | Self::Red)
    }
}

/// The value as it is meant: `hxxps://evil[.]example` becomes `https://evil.example`.
#[must_use]
pub fn refang(text: &str) -> String {
    let mut text = text.trim().to_owned();
    for (from, to) in
        [("[.]", "."), ("(.)", "."), ("{.}", "."), ("[dot]", "."), ("[:]", ":"), ("[@]", "@"), ("[at]", "@")]
    {
        text = text.replace(from, to);
    }
    for (from, to) in
        [("hxxps://", "https://"), ("hxxp://", "http://"), ("hXXps://", "https://"), ("hXXp://", "http://")]
    {
        if let Some(rest) = text.strip_prefix(from) {
            text = format!("{to}{rest}");
        }
    }
    text
}

/// The value so that no program makes a link of it and nobody follows it by accident; what is no live address stays
/// as it is.
#[must_use]
pub fn defang(kind: IocKind, value: &str) -> String {
    match kind {
        IocKind::Ip => value.replace('.', "[.]").replace(':', "[:]"),
        IocKind::Domain => value.replace('.', "[.]"),
        IocKind::Url => {
            let (scheme, rest) = value.split_once("://").unwrap_or(("", value));
            let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
            let (host, tail) = rest.split_at_checked(end).unwrap_or((rest, ""));
            let host = host.replace('.', "[.]").replace('@', "[@]");
            match scheme {
                "" => format!("{host}{tail}"),
                scheme => format!("{}://{host}{tail}", scheme.replacen("tt", "xx", 1)),
            }
        }
        IocKind::Account if value.contains('@') => value.replace('@', "[@]").replace('.', "[.]"),
        IocKind::Account | IocKind::Hash | IocKind::Path | IocKind::Other => value.to_owned(),
    }
}

/// What a value most likely is. It is live or defanged.
#[must_use]
pub fn detect(text: &str) -> IocKind {
    let value = refang(text);
    if is_ip(&value) {
        IocKind::Ip
    } else if is_hash(&value) {
        IocKind::Hash
    } else if is_url(&value) {
        IocKind::Url
    } else if is_mail(&value) || value.starts_with("arn:aws:iam:") {
        IocKind::Account
    } else if is_path(&value) {
        IocKind::Path
    } else if is_domain(&value) {
        IocKind::Domain
    } else {
        IocKind::Other
    }
}

/// The values in a line that are indicators beyond doubt, each once, in the order of the line.
#[must_use]
pub fn found_in(text: &str) -> Vec<(IocKind, String)> {
    let mut found: Vec<(IocKind, String)> = Vec::new();
    for word in text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '"' | '\'' | '`' | '|')) {
        let word = word.trim_matches(['<', '>', '(', ')', '{', '}']);
        let word = word.trim_end_matches(['.', ':', '!', '?']).trim_start_matches("sha256:");
        let value = refang(word);
        let kind = detect(&value);
        // A bare name with a dot may be a file or a sentence without a blank: it counts when it was defanged.
        let sure = match kind {
            IocKind::Ip | IocKind::Hash | IocKind::Url | IocKind::Account => true,
            IocKind::Domain => word != value || has_common_ending(&value),
            IocKind::Path | IocKind::Other => false,
        };
        if sure && !found.iter().any(|(_, known)| *known == value) {
            found.push((kind, value));
        }
    }
    found
}

/// Hosts where everybody has pages: one of them in an indicator tells nothing of the rest.
const SHARED: &[&str] = &[
    "github.com",
    "gist.github.com",
    "raw.githubusercontent.com",
    "gitlab.com",
    "bitbucket.org",
    "pastebin.com",
    "docs.google.com",
    "drive.google.com",
    "storage.googleapis.com",
    "dropbox.com",
    "onedrive.live.com",
    "s3.amazonaws.com",
    "discord.com",
    "cdn.discordapp.com",
    "t.me",
    "bit.ly",
    "t.co",
    "tinyurl.com",
    "npmjs.com",
    "registry.npmjs.org",
    "pypi.org",
    "files.pythonhosted.org",
    "hub.docker.com",
];

/// What follows the scheme of an address of a page, when its host is one that can be looked up.
#[must_use]
pub fn without_scheme(value: &str) -> Option<&str> {
    let (_, rest) = value.split_once("://").filter(|_| is_url(value))?;
    let rest = rest.trim_end_matches('/');
    named_host(rest).map(|_| rest)
}

/// The host of an address of a page, without `www.` in front, where it belongs to whoever the page belongs to: one that
/// everybody uses is left out.
#[must_use]
pub fn own_host(value: &str) -> Option<&str> {
    let host = named_host(without_scheme(value)?)?;
    let bare = match host.get(..4) {
        Some(www) if www.eq_ignore_ascii_case("www.") => host.get(4..).filter(|rest| is_domain(rest)),
        _ => None,
    };
    let host = bare.unwrap_or(host);
    (!SHARED.iter().any(|shared| host.eq_ignore_ascii_case(shared))).then_some(host)
}

/// The name or address in front of the path, without an account and a port.
fn named_host(rest: &str) -> Option<&str> {
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = rest.get(..end)?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let is_port = |port: &str| !port.is_empty() && port.chars().all(|c| c.is_ascii_digit());
    let host = match host.strip_prefix('[').and_then(|v6| v6.split_once(']')) {
        Some((v6, _)) => v6,
        None => host.rsplit_once(':').filter(|(_, port)| is_port(port)).map_or(host, |(host, _)| host),
    };
    (is_domain(host) || is_ip(host)).then_some(host)
}

/// An indicator under that colour is told by a text: its value, an address of a page also under another scheme or none,
/// and under AMBER and RED by its host too.
#[must_use]
pub fn is_told_by(value: &str, tlp: Tlp, text: &str) -> bool {
    let host = own_host(value).filter(|_| tlp.hides_hosts());
    let forms = [Some(value), without_scheme(value), host];
    forms.into_iter().flatten().any(|form| is_named_in(form, text))
}

/// The value is said in a text, live or defanged, as a word of its own.
#[must_use]
pub fn is_named_in(value: &str, text: &str) -> bool {
    let (value, text) = (value.to_lowercase(), refang(&text.to_lowercase()).replace("hxxp", "http"));
    if value.is_empty() {
        return false;
    }
    let joins = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    text.match_indices(&value).any(|(from, found)| {
        let before = text.get(..from).and_then(|t| t.chars().next_back());
        let after = text.get(from.saturating_add(found.len())..).and_then(|t| t.chars().next());
        let open = value.starts_with(|c: char| !joins(c)) || !before.is_some_and(joins);
        open && (value.ends_with(|c: char| !joins(c)) || !after.is_some_and(joins))
    })
}

/// A text in which a value is written so that nobody follows it; the value is replaced by `with` wherever it is a word
/// of its own, live, whatever its case.
#[must_use]
pub fn disarm(text: &str, value: &str, with: &str) -> String {
    let (lower, wanted) = (text.to_ascii_lowercase(), value.to_ascii_lowercase());
    if wanted.is_empty() || !lower.contains(&wanted) {
        return text.to_owned();
    }
    let joins = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    let (mut out, mut done) = (String::with_capacity(text.len()), 0_usize);
    for (from, found) in lower.match_indices(&wanted) {
        let to = from.saturating_add(found.len());
        let before = text.get(..from).and_then(|t| t.chars().next_back());
        let after = text.get(to..).and_then(|t| t.chars().next());
        let inside = (value.starts_with(joins) && before.is_some_and(joins))
            || (value.ends_with(joins) && after.is_some_and(joins));
        if inside || from < done {
            continue;
        }
        let between = text.get(done..from).unwrap_or_default();
        // The scheme in front of a host makes a link of whatever follows.
        let scheme = ["http://", "https://"].into_iter().find(|s| between.to_ascii_lowercase().ends_with(s));
        match scheme {
            Some(scheme) => {
                out.push_str(between.get(..between.len().saturating_sub(scheme.len())).unwrap_or_default());
                out.push_str(&scheme.replacen("tt", "xx", 1));
            }
            None => out.push_str(between),
        }
        out.push_str(with);
        done = to;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

fn is_ip(value: &str) -> bool {
    let bare = value.trim_start_matches('[').trim_end_matches(']');
    let (bare, mask) = bare.split_once('/').map_or((bare, None), |(ip, mask)| (ip, Some(mask)));
    if mask.is_some_and(|m| m.parse::<u8>().is_err()) {
        return false;
    }
    let with_port = bare.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok());
    with_port.is_some_and(|(ip, _)| ip.parse::<Ipv4Addr>().is_ok())
        || bare.parse::<IpAddr>().is_ok_and(|ip| ip != IpAddr::V6(Ipv6Addr::UNSPECIFIED))
}

fn is_hash(value: &str) -> bool {
    let bare = value.split_once(':').map_or(value, |(name, hex)| if name.len() <= 8 { hex } else { value });
    matches!(bare.len(), 32 | 40 | 64 | 96 | 128) && bare.chars().all(|c| c.is_ascii_hexdigit())
}

fn is_url(value: &str) -> bool {
    value.split_once("://").is_some_and(|(scheme, rest)| {
        !rest.is_empty()
            && !scheme.is_empty()
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || c == '+')
    })
}

fn is_mail(value: &str) -> bool {
    value.split_once('@').is_some_and(|(name, host)| !name.is_empty() && is_domain(host))
}

fn is_path(value: &str) -> bool {
    let mut chars = value.chars();
    let drive = chars.next().is_some_and(|c| c.is_ascii_alphabetic()) && value.get(1..3) == Some(":\\");
    value.starts_with(['/', '~']) || value.starts_with("\\\\") || drive
}

fn is_domain(value: &str) -> bool {
    let name = value.strip_suffix('.').unwrap_or(value);
    let label = |l: &str| {
        !l.is_empty()
            && l.len() <= 63
            && !l.starts_with('-')
            && !l.ends_with('-')
            && l.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
    };
    name.contains('.')
        && name.split('.').all(label)
        && name.rsplit('.').next().is_some_and(|end| {
            end.chars().count() >= 2 && (end.starts_with("xn--") || end.chars().all(char::is_alphabetic))
        })
}

fn has_common_ending(value: &str) -> bool {
    let ending = value.rsplit('.').next().unwrap_or_default().to_lowercase();
    ["com", "net", "org", "info", "biz", "top", "xyz", "ru", "cn", "su", "onion", "example"]
        .contains(&ending.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_known_by_its_form_live_or_defanged() {
        for (text, kind) in [
            ("203.0.113.7", IocKind::Ip),
            ("203[.]0[.]113[.]7", IocKind::Ip),
            ("203.0.113.7:8443", IocKind::Ip),
            ("203.0.113.0/24", IocKind::Ip),
            ("2001:db8::1", IocKind::Ip),
            ("evil.example", IocKind::Domain),
            ("evil[.]example", IocKind::Domain),
            ("hxxps://evil[.]example/a?b", IocKind::Url),
            ("mallory@evil.example", IocKind::Account),
            ("arn:aws:iam::123456789012:user/ci", IocKind::Account),
            ("d41d8cd98f00b204e9800998ecf8427e", IocKind::Hash),
            ("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", IocKind::Hash),
            ("/tmp/.x/run", IocKind::Path),
            ("C:\\temp\\a.exe", IocKind::Path),
            ("build-7", IocKind::Other),
            ("", IocKind::Other),
            ("14:05", IocKind::Other),
            ("999.0.113.7", IocKind::Other),
        ] {
            assert_eq!(detect(text), kind, "{text:?}");
        }
    }

    #[test]
    fn live_addresses_are_defanged_and_come_back() {
        for (value, shown) in [
            ("203.0.113.7", "203[.]0[.]113[.]7"),
            ("2001:db8::1", "2001[:]db8[:][:]1"),
            ("evil.example", "evil[.]example"),
            ("https://evil.example/a.html?b=c.d", "hxxps://evil[.]example/a.html?b=c.d"),
            ("mallory@evil.example", "mallory[@]evil[.]example"),
            ("/tmp/a.b", "/tmp/a.b"),
        ] {
            assert_eq!(defang(detect(value), value), shown);
            assert_eq!(refang(shown), value);
        }
    }

    #[test]
    fn the_indicators_of_a_line_are_found_and_no_file_or_sentence() {
        let line = "beacon to 203[.]0[.]113[.]7 and evil.com, dropped /tmp/x; see main.rs, v1.2.3 at 14:05. done.next";
        assert_eq!(
            found_in(line),
            vec![(IocKind::Ip, "203.0.113.7".to_owned()), (IocKind::Domain, "evil.com".to_owned())]
        );
    }

    #[test]
    fn a_value_is_named_as_a_word_of_its_own() {
        assert!(is_named_in("203.0.113.7", "we block 203[.]0[.]113[.]7, and more"));
        assert!(!is_named_in("203.0.113.7", "we block 203.0.113.71"));
        assert!(is_named_in("evil.example", "from Evil.Example."));
        assert!(!is_named_in("evil.example", "from notevil.example"));
        assert!(!is_named_in("", "anything"));
    }

    #[test]
    fn a_page_is_told_under_any_scheme_and_by_a_host_of_its_own() {
        let page = "https://evil.example/x";
        for text in [
            "we saw http://evil.example/x",
            "hxxp://evil[.]example/x",
            "at evil.example/x, since",
            "EVIL.EXAMPLE/x/y",
            "evil.example",
            "from cdn.evil[.]example:8443",
        ] {
            assert!(is_told_by(page, Tlp::Red, text), "{text}");
            assert!(is_told_by(page, Tlp::Amber, text), "{text}");
        }
        for text in ["notevil.example", "evil.example-shop.com is well", "x"] {
            assert!(!is_told_by(page, Tlp::Red, text), "{text}");
        }
        assert!(
            is_told_by(page, Tlp::Green, "evil.example/x") && !is_told_by(page, Tlp::Green, "evil.example")
        );
        // A host that everybody uses tells nothing; the page on it does.
        let page = "https://github.com/mallory/kit";
        assert!(!is_told_by(page, Tlp::Red, "github.com is down"));
        assert!(is_told_by(page, Tlp::Red, "see github.com/mallory/kit/raw"));
        for (value, rest, host) in [
            ("https://www.evil.example/", Some("www.evil.example"), Some("evil.example")),
            ("ftp://m@203.0.113.7:21/a", Some("m@203.0.113.7:21/a"), Some("203.0.113.7")),
            ("https://[2001:db8::1]:8443/a", Some("[2001:db8::1]:8443/a"), Some("2001:db8::1")),
            ("s3://bucket/key", None, None),
            ("evil.example/x", None, None),
            ("https://", None, None),
        ] {
            assert_eq!((without_scheme(value), own_host(value)), (rest, host), "{value}");
        }
    }

    #[test]
    fn only_clear_goes_to_everybody_and_amber_and_red_stay_inside() {
        let external = [Audience::Customers, Audience::Public, Audience::Regulator];
        for tlp in [Tlp::Amber, Tlp::AmberStrict, Tlp::Red] {
            assert!(tlp.allows(Audience::Internal));
            assert!(external.iter().all(|a| !tlp.allows(*a)), "{tlp}");
        }
        assert!(external.iter().all(|a| Tlp::Clear.allows(*a)));
        assert!(!Tlp::Green.allows(Audience::Public) && Tlp::Green.allows(Audience::Customers));
        assert_eq!("AMBER+STRICT".parse(), Ok(Tlp::AmberStrict));
    }
}
