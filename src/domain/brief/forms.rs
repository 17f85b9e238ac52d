//! The brief in other forms: Markdown, and a page of HTML that needs nothing else. It must not choose what is said.

use super::Brief;
use crate::domain::export::html_text;
use crate::domain::postmortem::markdown::escaped;
use crate::domain::safe::SafeText;

impl Brief {
    /// The brief as Markdown: a heading a section, a list of its lines. Words of the log are never markup.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut text = format!("# {}\n", escaped(&one_line(&self.title)));
        for section in &self.sections {
            text.push_str(&format!("\n## {}\n\n", section.heading));
            if section.lines.is_empty() {
                text.push_str("nothing yet\n");
            }
            for line in &section.lines {
                text.push_str(&format!("- {}\n", escaped(&one_line(line))));
            }
        }
        text
    }

    /// The brief as a page of HTML without script, style sheet or picture from elsewhere.
    #[must_use]
    pub fn to_html(&self) -> String {
        let title = html_text(&one_line(&self.title));
        let mut body = String::new();
        for section in &self.sections {
            body.push_str(&format!("<h2>{}</h2>\n", section.heading));
            if section.lines.is_empty() {
                body.push_str("<p>nothing yet</p>\n");
                continue;
            }
            body.push_str("<ul>\n");
            for line in &section.lines {
                body.push_str(&format!("<li>{}</li>\n", html_text(&one_line(line))));
            }
            body.push_str("</ul>\n");
        }
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
             <style>body{{font:16px/1.45 system-ui,sans-serif;max-width:48rem;margin:0 auto;padding:1rem;\
             overflow-wrap:anywhere}}h1{{font-size:1.3rem}}h2{{font-size:1.05rem;margin:1rem 0 .2rem}}\
             ul{{margin:.2rem 0;padding-left:1.2rem}}</style>\n</head>\n<body>\n<h1>{title}</h1>\n{body}</body>\n</html>\n"
        )
    }
}

fn one_line(text: &str) -> String {
    SafeText::line(text).into_string()
}
