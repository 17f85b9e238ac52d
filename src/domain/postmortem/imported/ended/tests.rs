//! Tests of what ended an incident.

use super::*;
use crate::domain::postmortem::document::sections;

fn found(body: &str) -> Option<String> {
    let read = markdown::read(body);
    find(body, &read.blocks, &read.code_lines, &sections(body, 1, &read.blocks).1)
}

#[test]
fn what_ended_it_is_taken_from_where_people_write_it() {
    for (body, expected) in [
        (
            "# X\n## Resolution\n\nThe pods were deleted, e.g. by hand. Then we slept.\n",
            Some("The pods were deleted, e.g. by hand"),
        ),
        (
            "## Mitigation\n- Restarted the proxy on all nodes\n- more\n",
            Some("Restarted the proxy on all nodes"),
        ),
        ("- **Resolution**:\n  - The team scaled the pool up.\n", Some("The team scaled the pool up")),
        (
            "## Resolution\n- Due to load the pods restarted\n- We identified it\n- The pool was scaled up and the service recovered\n",
            Some("The pool was scaled up and the service recovered"),
        ),
        ("**Resolution**: the limit was raised to 300.\n", Some("the limit was raised to 300")),
        (
            "What ended it: the key was revoked in the key service\n",
            Some("the key was revoked in the key service"),
        ),
        (
            "## Timeline\n- 13:28 Investigation starts\n- 13:29 UTC - Service restored by redeploying\n- 13:50 Post written\n",
            Some("Service restored by redeploying"),
        ),
        ("## Timeline\n- 13:29 not resolved by redeploying it\n", None),
        ("## Timeline\n- 17:18 Chris suggests restarting the pod\n- 17:21 resolved\n", None),
        ("## Resolution\n\nTBD\n", None),
        ("What ended it: dns fixed\n", Some("dns fixed")),
        ("What ended it: 更新证书\n", Some("更新证书")),
        ("What ended it: TBD.\n", None),
        ("What ended it: -\n", None),
        ("Resolution: dns fixed\n", None),
        ("## Resolution\n\n## Next\nwords and words and words\n", None),
        ("It was all fixed somehow and everybody was happy.\n", None),
        ("```\nResolution: this is code and no label\n```\n", None),
        // What is denied on the line before is denied.
        ("- **Resolution**: we could not\n  roll back the release. The vendor repaired its network.\n", None),
        ("Resolution: we restarted it, but\nnothing happened until the vendor came.\n", None),
        (
            "**Mitigation:**\n  - Nobody dared to\n    restart the broker, so it stayed\n    down until the vendor came\n",
            None,
        ),
        (
            "Resolution: the team rolled the\nrelease out on all nodes and restarted the\nproxies.\nImpact: none\n",
            Some("the team rolled the release out on all nodes and restarted the proxies"),
        ),
        (
            "## Timeline\n- 10:00 alert\n- 10:10 restarted the broker, but nothing happened; queue healthy on the old one\n- 10:20 vendor repaired the network\n- 10:30 resolved\n",
            None,
        ),
        // One word is not both the deed and the end of it.
        ("## Timeline\n- 11:00 alert\n- 11:08 Follow-up: service restored\n- 11:59 closed\n", None),
        (
            "## Timeline\n- 11:00 Restarted the broker\n- 11:08 Follow-up: service restored\n",
            Some("Restarted the broker"),
        ),
        ("## Timeline\n- 12:18 The other node said it was currently uncordoning\n- 12:48 resolved\n", None),
        (
            "## Recovery\nHere, we see the user being removed. The token was revoked.\n",
            Some("The token was revoked"),
        ),
    ] {
        assert_eq!(found(body).as_deref(), expected, "{body}");
    }
    let long = format!("## Fix\nReverted {}\n", "word ".repeat(100));
    assert!(found(&long).unwrap().chars().count() <= MAX + 1);
}
