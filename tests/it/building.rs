//! The first question builds the index of the archive: the room says how far it is, and takes lines meanwhile.

use std::fmt::Write as _;
use std::fs;

use crate::screen::World;

/// So many take a debug build some seconds.
const MANY: usize = 1_500;

#[test]
fn a_room_says_how_far_the_index_is_and_stores_lines_meanwhile() {
    let world = World::new();
    let archive = world.path("archive");
    fs::create_dir(&archive).unwrap();
    for n in 0..MANY {
        let mut text = format!("---\nid: PM-{n}\ntitle: Signing key {n} leaked\n---\n# Summary\n\n");
        for line in 0..40 {
            writeln!(
                text,
                "Word{line} of document {n} about the key, the build {} and the cluster.",
                n * line
            )
            .unwrap();
        }
        fs::write(archive.join(format!("pm-{n}.md")), text).unwrap();
    }
    let at = archive.display().to_string();
    world.git(&["init", "-q", "-b", "main", &at]);
    world.git(&["-C", &at, "add", "."]);
    world.git(&["-C", &at, "commit", "-q", "-m", "all"]);
    fs::create_dir_all(world.home()).unwrap();
    world.set_archive(&archive);
    let mut room = world.screen(&[], 200, 60);
    room.until("n declares");
    room.type_text("nSigning key leaked").until("building the index, ");
    room.send(b"\r").until("Building the index of past incidents, ");
    room.send(b"i").until("write").type_text("on-call paged").until("› on-call paged").send(b"\r").until("✓");
    assert!(room.text().contains("Building the index"), "the line did not wait for it:\n{}", room.text());
    room.until_gone("Building the index").until("1 Timeline");
    room.until("PM-");
    room.send(b"q").until("Incidents").send(b"q");
    assert_eq!(room.end(), 0);
}
