//! Other people's postmortems, all of them, read as they are.

use warroom::domain::postmortem::{Expectations, check, imported};

use crate::data::test_data;

#[test]
fn every_postmortem_of_the_corpus_is_read() {
    let Some(folder) = test_data("postmortems/md") else { return };
    let (mut count, mut ended, mut dated) = (0, 0, 0);
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let bytes = std::fs::read(&path).unwrap();
        let (imported, problems) = imported::read(&name, &bytes).unwrap();
        assert_eq!(problems, [], "{name}");
        assert_eq!(format!("{}.md", imported.id), name);
        assert!(!imported.title.is_empty() && !imported.tags.is_empty(), "{name}");
        assert!(imported.plain.len() > 40, "{name}");
        count += 1;
        dated += usize::from(imported.date.is_some());
        if let Some(line) = imported.ended {
            assert!(line.chars().count() <= 201 && !line.contains('\n'), "{name}: {line}");
            ended += 1;
        }
        // Their form is not ours; the check lists why, and does not fail.
        let text = std::str::from_utf8(&bytes).unwrap();
        let today = "2026-11-22".parse().unwrap();
        assert!(!check(text, &Expectations { severities: &["P1"], log: None, today }).is_empty(), "{name}");
    }
    // One of them states no date; seven in ten do not say clearly what ended it.
    assert_eq!((count, dated), (237, 236));
    assert!(ended >= 50, "{ended}");
}
