//! The verbs of an exercise: to tell the players something early, to judge what was expected.

use super::split;
use crate::domain::refusal::Refusal;
use crate::domain::request::{DrillRequest, Request};

/// What is asked of the exercise; `None` when the words do not fit.
pub(super) fn read(what: &str, rest: &str) -> Result<Option<Request>, Refusal> {
    let number = |text: &str| text.trim_start_matches('#').parse::<u32>().ok();
    let (first, tail) = split(rest);
    let request = match what {
        "inject" if rest.is_empty() => DrillRequest::Give { inject: None },
        "inject" => match number(rest) {
            Some(inject) => DrillRequest::Give { inject: Some(inject) },
            None => return Ok(None),
        },
        "mark" => {
            let (word, reason) = split(tail);
            match number(first) {
                Some(expectation) if !word.is_empty() => {
                    DrillRequest::Judge { expectation, verdict: word.parse()?, reason: reason.to_owned() }
                }
                _ => return Ok(None),
            }
        }
        _ => return Ok(None),
    };
    Ok(Some(Request::Drill(request)))
}

#[cfg(test)]
mod tests {
    use crate::domain::request::{DrillRequest, Request};
    use crate::domain::verb::{Verb, read};
    use crate::domain::words::DrillVerdict;

    #[test]
    fn the_verbs_of_a_drill_are_read() {
        let asked = |rest: &str| match read("drill", rest, None) {
            Ok(Verb::Ask(asked)) => match asked.request {
                Request::Drill(request) => Some(request),
                _ => None,
            },
            _ => None,
        };
        assert_eq!(asked("inject"), Some(DrillRequest::Give { inject: None }));
        assert_eq!(asked("inject 3"), Some(DrillRequest::Give { inject: Some(3) }));
        let (verdict, reason) = (DrillVerdict::Late, "by phone".to_owned());
        assert_eq!(
            asked("mark #4 late by phone"),
            Some(DrillRequest::Judge { expectation: 4, verdict, reason })
        );
        for bad in ["inject three", "mark", "mark 4", "mark met", "mark 4 soon", "dance"] {
            assert!(read("drill", bad, None).is_err(), "{bad}");
        }
        for show in ["", "score"] {
            assert_eq!(read("drill", show, None), Ok(Verb::Show("drill")));
        }
    }
}
