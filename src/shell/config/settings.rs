//! The one table of settings: it feeds the reader, the messages about wrong names, and the commented file of a new
//! home.

use toml::Spanned;
use toml::de::DeValue;

use super::Config;
use super::explain::defaults;
use super::read::{self, Bad, Draft};

/// One setting.
pub(super) struct Setting {
    /// The table it stands in: `calendar`, `clock.cadences`.
    pub(super) section: &'static str,
    /// Its name; `*` where the team chooses the names.
    pub(super) key: &'static str,
    /// The lines of the commented file, values being the defaults.
    pub(super) example: &'static [&'static str],
    /// What it does, in one sentence a line.
    pub(super) doc: &'static [&'static str],
    /// Takes over a value.
    pub(super) read: fn(&mut Draft, &str, &Spanned<DeValue<'_>>) -> Result<(), Bad>,
}

/// The section that only the user's own file may have.
pub(super) const USER_ONLY: &str = "me";

/// Every setting, in the order of the commented file.
pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        section: "severity",
        key: "profile",
        example: &["profile = \"p\""],
        doc: &[
            "How incidents are graded: p (P1 to P4), sev (SEV-1 to SEV-4), iso (Sev1 to Sev4),",
            "or a name of your own together with the levels below.",
        ],
        read: read::profile,
    },
    Setting {
        section: "severity",
        key: "levels",
        example: &[],
        doc: &[
            "Levels of your own, the highest first, one table each. Targets are a duration (15m, 4h, 1w),",
            "immediate, same business day, 5 business days, a period that you date yourselves (next sprint) or none:",
            "  [[severity.levels]]",
            "  name = \"major\"",
            "  definition = \"Customers cannot work, or data is at risk.\"",
            "  response = \"15m\"",
            "  resolution = \"4h\"",
            "  update-every = \"30m\"",
            "  story-due = \"10 business days\"",
            "  postmortem-due = \"5 business days\"",
        ],
        read: read::levels,
    },
    Setting {
        section: "calendar",
        key: "zone",
        example: &["zone = \"UTC\""],
        doc: &["The zone in which your business days begin and end, such as Europe/Berlin."],
        read: read::days::zone,
    },
    Setting {
        section: "calendar",
        key: "weekend",
        example: &["weekend = [\"Sat\", \"Sun\"]"],
        doc: &["The weekdays off."],
        read: read::days::weekend,
    },
    Setting {
        section: "calendar",
        key: "holidays",
        example: &["holidays = []"],
        doc: &["Days off, such as [\"2026-12-25\", \"2026-12-26\"]."],
        read: read::days::holidays,
    },
    Setting {
        section: "calendar",
        key: "work_day_end",
        example: &["work_day_end = \"18:00\""],
        doc: &["When a target in business days is due on its last day."],
        read: read::days::work_day_end,
    },
    Setting {
        section: "roles",
        key: "extra",
        example: &["extra = []"],
        doc: &["Roles beside the built-in ones, such as [\"customer-liaison\"]."],
        read: read::roles::extra,
    },
    Setting {
        section: "roles.duties",
        key: "*",
        example: &[],
        doc: &[
            "What a role does, the most important first: told to whoever is given it. A role of yours (extra) has no other",
            "duties; those of a built-in one are replaced:",
            "  [roles]",
            "  extra = [\"customer-liaison\"]",
            "  [roles.duties]",
            "  customer-liaison = [\"Calls the account managers.\", \"Brings their questions to the commander.\"]",
        ],
        read: read::roles::duties,
    },
    Setting {
        section: "roles.required",
        key: "*",
        example: &[],
        doc: &["The roles that must be filled, by severity; with | one of them is enough."],
        read: read::roles::required,
    },
    Setting {
        section: "clock",
        key: "warn-at",
        example: &["warn-at = \"75%\""],
        doc: &["How much of its target has passed when a clock begins to warn."],
        read: read::lists::warn_at,
    },
    Setting {
        section: "clock.cadences",
        key: "*",
        example: &[],
        doc: &["The longest silence between two internal updates, by severity; \"none\" stops that clock."],
        read: read::cadence,
    },
    Setting {
        section: "stories",
        key: "remind-before",
        example: &["remind-before = \"7d\""],
        doc: &[
            "How long before its day a story is called due soon, on the board and by story list --remind.",
        ],
        read: read::lists::remind_before,
    },
    Setting {
        section: "stories",
        key: "assign-within",
        example: &["assign-within = \"3d\""],
        doc: &[
            "Within how long of filing somebody must have taken a story; after that it stands first on the board and in story list. \"none\": never.",
        ],
        read: read::lists::assign_within,
    },
    Setting {
        section: "stories",
        key: "manager",
        example: &["manager = \"\""],
        doc: &[
            "The person to whom overdue stories are named on the board and in the report; nothing is sent.",
        ],
        read: read::lists::manager,
    },
    Setting {
        section: "runbooks",
        key: "stale-after",
        example: &["stale-after = \"180d\""],
        doc: &["How long after its last test or review a runbook is called stale."],
        read: read::lists::stale_after,
    },
    Setting {
        section: "archive",
        key: "repository",
        example: &["repository = \"postmortems\""],
        doc: &[
            "The git repository of published postmortems; a relative path starts in this folder, ~/ is yours.",
        ],
        read: read::repository,
    },
    Setting {
        section: "archive",
        key: "folder",
        example: &["folder = \"\""],
        doc: &["The folder inside that repository; empty: its root."],
        read: read::archive_folder,
    },
    Setting {
        section: "archive",
        key: "author",
        example: &["author = \"\""],
        doc: &["Who commits, as \"Name <mail>\"; empty: as git is configured."],
        read: read::author,
    },
    Setting {
        section: "archive",
        key: "branch",
        example: &["branch = \"\""],
        doc: &["The branch that must be checked out to publish or import; empty: any."],
        read: read::branch,
    },
    Setting {
        section: "ui",
        key: "theme",
        example: &["theme = \"default\""],
        doc: &["default (the 16 colours of your terminal), light (for a bright background) or mono (none)."],
        read: read::theme,
    },
    Setting {
        section: "ui",
        key: "mouse",
        example: &["mouse = false"],
        doc: &[
            "Whether a click selects and the wheel scrolls; nothing is stored by either. The terminal's own",
            "selecting of text then needs Shift.",
        ],
        read: read::mouse,
    },
    Setting {
        section: "ui",
        key: "zone",
        example: &["zone = \"utc\""],
        doc: &[
            "The zone in which times are shown and typed: utc, local (what TZ names, else the host's),",
            "or a name such as Europe/Berlin.",
        ],
        read: read::ui_zone,
    },
    Setting {
        section: "ui",
        key: "ascii",
        example: &["ascii = false"],
        doc: &["Draws frames and marks with ASCII only."],
        read: read::ascii,
    },
    Setting {
        section: "ui.colours",
        key: "accent",
        example: &["accent = \"default\""],
        doc: &[
            "A colour is terminal (as plain text), a name (red, bright-red), #rrggbb, or default: the theme's.",
            "The theme mono and NO_COLOR use none. What a colour says is also said in words, bold or reverse.",
            "Keys, kinds, roles and the title of the focused pane.",
        ],
        read: read::colour,
    },
    Setting {
        section: "ui.colours",
        key: "good",
        example: &["good = \"default\""],
        doc: &["Stored, done."],
        read: read::colour,
    },
    Setting {
        section: "ui.colours",
        key: "warn",
        example: &["warn = \"default\""],
        doc: &["Soon too late; required and open."],
        read: read::colour,
    },
    Setting {
        section: "ui.colours",
        key: "bad",
        example: &["bad = \"default\""],
        doc: &["Too late, not stored, DRILL."],
        read: read::colour,
    },
    Setting {
        section: "ui.colours",
        key: "found",
        example: &["found = \"default\""],
        doc: &["Words that were found."],
        read: read::colour,
    },
    Setting {
        section: "ui.colours",
        key: "quiet",
        example: &["quiet = \"default\""],
        doc: &["Times and hints; default: dim."],
        read: read::colour,
    },
    Setting {
        section: "ui.colours",
        key: "border",
        example: &["border = \"default\""],
        doc: &["Frames; default: dim."],
        read: read::colour,
    },
    Setting {
        section: "keys",
        key: "*",
        example: &[],
        doc: &[
            "Other keys for the actions that `?` lists: a key, a list of keys, or [] for none. Where one writes, no key",
            "that is typed acts, and send, confirm, cancel and interrupt need one. What a terminal sends as one key, as",
            "ctrl-m and enter, acts as one:",
            "  redraw = [\"ctrl-l\", \"f5\"]",
        ],
        read: read::keys,
    },
    Setting {
        section: "me",
        key: "name",
        example: &[],
        doc: &[
            "Who you are, in your own file ~/.config/warroom/config.toml only:",
            "  [me]",
            "  name = \"alice\"",
        ],
        read: read::my_name,
    },
    Setting {
        section: "me",
        key: "signing-key",
        example: &[],
        doc: &[
            "The SSH key that signs the heads of logs (export --format audit), in your own file only: a file, or",
            "a public key whose private half your agent has:",
            "  signing-key = \"~/.ssh/id_ed25519\"",
        ],
        read: read::signing_key,
    },
];

/// The `warroom.toml` of a new home: every setting with its default, commented out. Lines that begin with `#` and
/// no space are settings; removing that sign sets them.
#[must_use]
pub fn default_file() -> String {
    let mut text = String::from(
        "# Settings of this war room. Every line below shows a default; remove the leading # to change one.\n\
         # `warroom config check` tells what is wrong. What this file sets wins over your own\n\
         # ~/.config/warroom/config.toml; variables and flags win over both.\n",
    );
    let mut section = "";
    for setting in SETTINGS {
        if setting.section != section {
            section = setting.section;
            text.push('\n');
            if section != USER_ONLY {
                text.push_str(&format!("[{section}]\n"));
            }
        }
        for line in setting.doc {
            text.push_str(&format!("# {line}\n"));
        }
        for line in setting.example {
            text.push_str(&format!("#{line}\n"));
        }
        if setting.key == "*" {
            for (level, value) in defaults(setting, &Config::default()) {
                text.push_str(&format!("#{level} = {value}\n"));
            }
        }
    }
    text
}
