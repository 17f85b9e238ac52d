//! What stands in the archive and no search finds is told, with the reason.

use crate::cli::Desk;

/// Others committed a file in another encoding, an empty one and a restricted one, past `import`.
#[test]
fn what_is_not_text_is_empty_or_restricted_is_told_by_reindex_and_doctor() {
    let desk = Desk::new();
    let small = desk.file("small.md", "# Small\n\nIt broke.\n");
    desk.ok(&["import", &small]);
    let archive = desk.home().join("postmortems");
    let folder = archive.join("2026/05");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("bad.md"), b"\xff\xfe bom bad").unwrap();
    std::fs::write(folder.join("empty.md"), "\n").unwrap();
    std::fs::write(folder.join("secret.md"), "---\nvisibility: Restricted\n---\n# Secret\n\nIt broke.\n")
        .unwrap();
    desk.git(&["add", "-A"]);
    desk.git(&["commit", "-qm", "three more"]);
    let found = desk.json(&["search", "broke"]);
    assert_eq!(found["results"].as_array().unwrap().len(), 1);
    let report = desk.json(&["reindex"]);
    let not_read = [
        "2026/05/bad.md is not UTF-8: line 1 holds other bytes; convert it, for example with iconv",
        "2026/05/empty.md is empty",
    ];
    assert_eq!(report, serde_json::json!({ "indexed": 1, "not_read": not_read, "restricted": 1 }));
    let said = desk.run(&["reindex"]).code(0).err;
    for line in not_read.map(|why| format!("not read: {why}")) {
        assert!(said.contains(&line), "{said}");
    }
    assert!(said.contains("no search finds what is restricted: 1"), "{said}");
    let told = desk.ok(&["doctor"]);
    assert!(told.contains("; 2 not read") && told.contains("2026/05/bad.md is not UTF-8"), "{told}");
    assert!(told.contains("1 restricted: no search finds them"), "{told}");
    assert!(!told.contains("secret.md") && !said.contains("secret.md"), "{told}{said}");
}

#[test]
fn an_import_says_which_postmortems_no_search_will_find() {
    let desk = Desk::new();
    desk.file("theirs/open.md", "---\nid: X-1\n---\n# Open\n\nIt broke.\n");
    desk.file("theirs/closed.md", "---\nid: X-2\nvisibility: Restricted\n---\n# Closed\n\nIt broke.\n");
    let report = desk.json(&["import", desk.path("theirs").to_str().unwrap()]);
    assert_eq!(report["imported"].as_array().unwrap().len(), 2);
    let warning = "in the archive, but restricted, so that no search finds it: X-2";
    assert_eq!(report["warnings"], serde_json::json!([warning]));
    assert_eq!(desk.json(&["search", "broke"])["results"].as_array().unwrap().len(), 1);
}

#[test]
fn two_files_with_one_id_are_named_by_doctor() {
    let desk = Desk::new();
    let first = desk.file("first.md", "---\nid: X-1\n---\n# First\n\nIt broke.\n");
    desk.ok(&["import", &first]);
    desk.ok(&["doctor"]);
    let archive = desk.home().join("postmortems");
    std::fs::write(archive.join("second.md"), "---\nid: x-1\n---\n# Second\n\nIt broke again.\n").unwrap();
    std::fs::write(archive.join("other.md"), "---\nid: X-2\n---\n# Other\n\nIt did not.\n").unwrap();
    desk.git(&["add", "-A"]);
    desk.git(&["commit", "-qm", "two more"]);
    let told = desk.run(&["doctor"]).code(1).out;
    let line = told.lines().find(|line| line.contains("twice")).unwrap();
    assert!(line.starts_with("WRONG"), "{told}");
    assert!(line.contains("second.md") && line.to_lowercase().contains("both have the id x-1"), "{told}");
    assert!(!told.contains("other.md"), "{told}");
}
