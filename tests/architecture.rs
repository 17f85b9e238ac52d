//! Holds the source to the rules that the compiler cannot: layers, sizes, words, and nothing of one machine.
//! Each rule is a function from a file to its violations, and each is tried on a file that breaks it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on must fail, in its own functions as well"
)]

#[path = "architecture/rules.rs"]
mod rules;
#[path = "architecture/source.rs"]
mod source;

use rules::Violation;
use source::{SourceFile, rust_files, tracked_texts};

/// Fails with every violation, one a line.
fn none(violations: &[Violation]) {
    let lines: Vec<String> = violations.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "{} found:\n{}", lines.len(), lines.join("\n"));
}

/// Holds every Rust file below these folders to a rule.
fn hold(folders: &[&str], rule: fn(&SourceFile) -> Vec<Violation>) {
    let files: Vec<SourceFile> = folders.iter().flat_map(|folder| rust_files(folder)).collect();
    assert!(files.len() > 2, "the files of {folders:?} were not found");
    none(&files.iter().flat_map(rule).collect::<Vec<_>>());
}

const EVERYWHERE: &[&str] = &["src", "tests", "benches", "fuzz"];

#[test]
fn layers_use_only_what_is_below_them() {
    hold(&["src"], rules::layers);
}

/// The table of the architecture document is the one that the test holds.
#[test]
fn the_document_shows_the_layers_as_they_are_held() {
    let document = SourceFile::read("src/lib.rs").text;
    for (layer, allowed) in rules::LAYERS {
        let row = document.lines().find(|line| line.starts_with(&format!("//! | [`{layer}`] |")));
        let row = row.unwrap_or_else(|| panic!("src/lib.rs has no row for {layer}"));
        let may_use = row.trim_end_matches([' ', '|']).rsplit('|').next().unwrap_or_default();
        for (other, _) in rules::LAYERS {
            let said = may_use.split(|c: char| !c.is_alphanumeric()).any(|word| word == *other);
            assert_eq!(said, allowed.contains(other), "{layer} → {other} in src/lib.rs: {may_use}");
        }
    }
}

#[test]
fn each_foreign_crate_stays_in_its_layer() {
    hold(&["src"], rules::foreign);
}

#[test]
fn domain_and_app_are_pure() {
    hold(&["src"], rules::pure);
}

#[test]
fn no_file_is_longer_than_five_hundred_lines() {
    hold(&["src"], rules::size);
    // An exception that is not needed any more is taken out of the list.
    for (path, _) in rules::LONG_FILES {
        let file = SourceFile::read(path);
        assert!(file.product_lines() > rules::LONGEST_FILE, "{path} needs no exception any more");
    }
}

#[test]
fn every_module_opens_with_what_it_is() {
    hold(&["src"], rules::opening);
}

#[test]
fn no_doc_comment_is_empty() {
    hold(EVERYWHERE, rules::empty_docs);
}

#[test]
fn no_test_is_ignored_and_no_product_code_knows_of_tests() {
    hold(EVERYWHERE, rules::no_escape);
}

#[test]
fn names_say_what_a_thing_is() {
    hold(EVERYWHERE, rules::names);
}

#[test]
fn nothing_of_one_machine_is_in_the_repository() {
    let texts = tracked_texts();
    assert!(texts.len() > 50, "the files of the repository were not found");
    none(&texts.iter().flat_map(|(path, text)| rules::machine(path, text)).collect::<Vec<_>>());
}

#[test]
fn every_dependency_comes_from_the_public_registry() {
    for file in ["Cargo.lock", "fuzz/Cargo.lock"] {
        none(&rules::sources(file, &text_of(file)));
    }
}

/// `cargo deny` holds the same, where it is installed.
#[test]
fn exactly_one_sqlite_is_linked_and_no_tls_library() {
    let (bans, banned) = (text_of("deny.toml"), rules::banned(&text_of("deny.toml")));
    for name in
        ["openssl", "openssl-sys", "native-tls", "rustls", "rusqlite", "reqwest", "hyper", "libssh2-sys"]
    {
        assert!(banned.contains(&name.to_owned()), "deny.toml does not ban {name}: {bans}");
    }
    for file in ["Cargo.lock", "fuzz/Cargo.lock"] {
        let lock = text_of(file);
        none(&rules::bans(file, &lock, &banned));
        let versions = rules::versions(&lock, "libsqlite3-sys");
        assert_eq!(versions, ["0.37.0"], "exactly one SQLite is linked, the one that deny.toml names");
        assert!(bans.contains("libsqlite3-sys:<0.37.0") && bans.contains("libsqlite3-sys:>0.37.0"));
    }
}

/// What is fuzzed is what is shipped. After a change of `Cargo.lock`: copy it to `fuzz/`, and let `cargo check` there
/// take out what it does not need.
#[test]
fn the_fuzzer_runs_with_the_packages_of_the_program() {
    let (lock, fuzzed) = (text_of("Cargo.lock"), text_of("fuzz/Cargo.lock"));
    none(&rules::others("fuzz/Cargo.lock", &fuzzed, &lock, &["arbitrary", "libfuzzer-sys", "warroom-fuzz"]));
    none(&rules::unlocked("fuzz/Cargo.lock", &fuzzed, &text_of("Cargo.toml")));
}

fn text_of(file: &str) -> String {
    std::fs::read_to_string(source::root().join(file)).unwrap_or_else(|e| panic!("{file}: {e}"))
}

#[test]
fn the_tests_that_the_pages_of_promises_name_exist() {
    let code: String =
        EVERYWHERE.iter().flat_map(|folder| rust_files(folder)).map(|file| file.code).collect();
    for (file, least) in [("SECURITY.md", 20), ("docs/reliability.md", 12)] {
        let page = std::fs::read_to_string(source::root().join(file)).unwrap();
        let mut named = 0;
        for name in page.split('`').skip(1).step_by(2) {
            // Names of tests have four words at least, and no capital letter.
            let is_test = name.matches('_').count() > 2 && !name.contains(|c: char| c.is_uppercase());
            if is_test {
                assert!(code.contains(&format!("fn {name}()")), "{file} names {name}, which is no test");
                named += 1;
            }
        }
        assert!(named >= least, "{named} names of tests were found in {file}");
    }
}

/// A rule that cannot fail proves nothing.
#[test]
fn every_rule_fails_on_a_file_that_breaks_it() {
    let broken = |path: &str, text: &str, rule: fn(&SourceFile) -> Vec<Violation>| {
        rule(&SourceFile::new(path, text)).iter().map(|v| v.line).collect::<Vec<_>>()
    };
    let layers = rules::layers;
    assert_eq!(broken("src/store/x.rs", "//! X.\nuse crate::archive::Y;\n", layers), [2]);
    assert_eq!(broken("src/store.rs", "use crate::{domain::ids::Seq,\n    index::Z};\n", layers), [2]);
    assert_eq!(broken("src/ui/pane.rs", "fn f() { super::super::shell::clock::now() }\n", layers), [1]);
    assert_eq!(broken("src/cli/declare.rs", "use crate::shell::terminal::Terminal;\n", layers), [1]);
    assert_eq!(broken("src/cli/declare.rs", "use crate::shell::{clock::Clock, terminal};\n", layers), [1]);
    assert_eq!(broken("src/cli/declare.rs", "use crate::shell::clock::Clock;\n", layers), []);
    assert_eq!(
        broken("src/domain/x.rs", "//! crate::app\n/* crate::app */ let a = \"crate::app\";\n", layers),
        []
    );
    assert_eq!(broken("src/domain/x.rs", "use super::app::Y;\n", layers), []);
    assert_eq!(broken("src/index/x.rs", "use sqlx::Row;\n", rules::foreign), [1]);
    assert_eq!(broken("src/index/x.rs", "use tantivy::Index;\n", rules::foreign), []);
    assert_eq!(
        broken("src/domain/x.rs", "fn a() {}\nasync fn f() { std::fs::read(p) }\n", rules::pure),
        [2, 2]
    );
    assert_eq!(broken("src/shell/x.rs", "async fn f() { std::fs::read(p) }\n", rules::pure), []);
    let long = "//! X.\n".to_owned() + &"fn f() {}\n".repeat(500);
    assert_eq!(broken("src/app/x.rs", &long, rules::size), [501]);
    let tested =
        long.replacen("fn f() {}\n", "", 400) + "#[cfg(test)]\nmod tests {\n" + &"// t\n".repeat(500) + "}\n";
    assert_eq!(broken("src/app/x.rs", &tested, rules::size), []);
    assert_eq!(broken("src/app/x.rs", "use std::fmt;\n", rules::opening), [1]);
    assert_eq!(broken("src/app/x.rs", "//!\nuse std::fmt;\n", rules::opening), [1]);
    assert_eq!(broken("src/app/x/tests.rs", "use super::*;\n", rules::opening), []);
    assert_eq!(
        broken("src/a.rs", "/// One.\n///\n/// Two.\nfn f() {}\n///\nfn g() {}\n", rules::empty_docs),
        [5]
    );
    assert_eq!(
        broken("tests/a.rs", "#[ignore]\n#[ignore = \"slow\"]\nfn f() {}\n", rules::no_escape),
        [1, 2]
    );
    assert_eq!(broken("src/a.rs", "fn f() { if cfg!(test) {} }\n", rules::no_escape), [1]);
    assert_eq!(broken("src/a.rs", "pub struct KeyManager;\nenum StringUtil {}\n", rules::names), [1, 2]);
    assert_eq!(broken("src/text_utils.rs", "//! X.\n", rules::names), [1]);
    let path = ["see /wo", "rk/notes"].concat();
    assert_eq!(rules::machine("docs/a.md", &path).len(), 1);
    let address = ["http:/", "/10.1.2.3:8080/index"].concat();
    assert_eq!(rules::machine("docs/a.md", &address).len(), 1);
    assert_eq!(rules::sources("Cargo.lock", "source = \"git+https://example.org/x\"\n").len(), 1);
    let registry =
        ["[[package]]\nname = \"x\"\nversion = \"1.0.0\"\nsource = \"", rules::PUBLIC, "\"\n"].concat();
    assert_eq!(rules::sources("Cargo.lock", &registry).len(), 1, "without a checksum");
    let lock = "[[package]]\nname = \"openssl-sys\"\nversion = \"0.9.1\"\n";
    let banned = rules::banned(
        "\ndeny = [\n    { crate = \"openssl-sys\" },\n    { crate = \"a:<1\" },\n]\n    { crate = \"b\" },\n",
    );
    assert_eq!(banned, ["openssl-sys"]);
    assert_eq!(rules::bans("Cargo.lock", lock, &banned).len(), 1);
    assert_eq!(rules::others("fuzz/Cargo.lock", lock, "", &[]).len(), 1);
    assert_eq!(rules::others("fuzz/Cargo.lock", lock, lock, &[]).len(), 0);
    let manifest = "[dependencies]\nnix = \"1\"\nregex = \"1\"\n\n[dev-dependencies]\ninsta = \"1\"\n";
    let lock = "name = \"warroom\"\nversion = \"1\"\ndependencies = [\n \"nix 0.31.3\",\n]\n";
    assert_eq!(rules::unlocked("fuzz/Cargo.lock", lock, manifest).len(), 1);
}
