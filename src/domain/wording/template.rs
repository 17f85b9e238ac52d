//! Templates: Jinja text, given the facts. What a template may do is bounded, so that none of them can hang a room. It
//! must not know where a template comes from.

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior};

use super::Facts;

/// The longest template, in bytes.
pub const MAX_BYTES: usize = 16 * 1024;
/// The longest text that one may give, in bytes.
const MAX_TEXT: usize = 32 * 1024;
/// What a template may use up: steps, and data at 64 bytes each.
const FUEL: u64 = 20_000;

/// Why a template gives no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateProblem {
    /// Its line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
}

/// Writes the facts in the words of a template. An exercise says so in the first line, whatever the template says.
///
/// # Errors
/// With line and reason, when the template cannot be read, names what there is not, or does not come to an end.
pub fn write(facts: &Facts, template: &str) -> Result<String, TemplateProblem> {
    if template.len() > MAX_BYTES {
        let message = format!("it has {} bytes; a template has at most {MAX_BYTES}", template.len());
        return Err(TemplateProblem { line: 1, message });
    }
    let mut environment = Environment::new();
    if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
        environment.set_syntax(syntax);
    }
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    environment.set_fuel(Some(FUEL));
    let text = environment.render_str(template, minijinja::value::Serde(facts)).map_err(|e| problem(&e))?;
    let text = text.trim();
    if text.is_empty() || text.len() > MAX_TEXT {
        let message = format!("it gives {} bytes of text; 1 to {MAX_TEXT} are an update", text.len());
        return Err(TemplateProblem { line: 1, message });
    }
    Ok(if facts.exercise.is_empty() { text.to_owned() } else { format!("{}\n{text}", facts.exercise) })
}

fn problem(error: &minijinja::Error) -> TemplateProblem {
    let message = match (error.kind(), error.detail()) {
        (ErrorKind::UndefinedError, None) => "it names something that there is not".to_owned(),
        (ErrorKind::OutOfFuel, _) => "it does too much: a template fills in facts, no more".to_owned(),
        (kind, Some(detail)) => format!("{kind}: {detail}"),
        (kind, None) => kind.to_string(),
    };
    TemplateProblem { line: error.line().unwrap_or(1), message }
}
