//! What the user set: `{"levels": {"CODE": "off" | "hint" | "info" | "warning" | "error"}, "hints": {"values": false}}`,
//! bare or under `doppio`, as editors send it when the server starts and whenever it changes.

use recipe::checks::Levels;
use recipe::diagnostic::Severity;
use serde_json::Value;

use crate::features::hints::Wanted;

/// What the user set, as far as it could be read.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    /// Nothing where there is no word about them: then what was set before stays.
    pub(crate) levels: Option<Levels>,
    /// The same of what is shown within the text.
    pub(crate) hints: Option<Wanted>,
    /// What could not be read, in words for people.
    pub(crate) complaints: Vec<String>,
}

impl Settings {
    pub(crate) fn read(value: &Value) -> Self {
        let mut settings = Self::default();
        let given = |name: &str| value.get("doppio").unwrap_or(value).get(name);
        match given("levels") {
            None => {}
            Some(Value::Null) => settings.levels = Some(Levels::default()),
            Some(Value::Object(levels)) => {
                let chosen = settings.levels.insert(Levels::default());
                for (code, level) in levels {
                    if let Err(why) = set(chosen, code, level) {
                        settings
                            .complaints
                            .push(format!("the setting levels: {why}"));
                    }
                }
            }
            Some(_) => {
                let what = "the setting levels must be an object of codes and levels";
                settings.complaints.push(what.to_owned());
            }
        }
        match given("hints") {
            None => {}
            Some(Value::Null) => settings.hints = Some(Wanted::default()),
            Some(Value::Object(hints)) => {
                let chosen = settings.hints.insert(Wanted::default());
                for (kind, is_wanted) in hints {
                    if let Err(why) = want(chosen, kind, is_wanted) {
                        settings
                            .complaints
                            .push(format!("the setting hints: {why}"));
                    }
                }
            }
            Some(_) => {
                let what = "the setting hints must be an object such as { \"values\": false }";
                settings.complaints.push(what.to_owned());
            }
        }
        settings
    }
}

fn want(hints: &mut Wanted, kind: &str, is_wanted: &Value) -> Result<(), String> {
    let switch = match kind {
        "values" => &mut hints.values,
        "durations" => &mut hints.durations,
        "retries" => &mut hints.retries,
        _ => {
            return Err(format!(
                "there is no '{kind}'; there are values, durations and retries"
            ));
        }
    };
    let is_wanted = is_wanted.as_bool();
    *switch = is_wanted.ok_or_else(|| format!("'{kind}' must be true or false"))?;
    Ok(())
}

fn set(levels: &mut Levels, code: &str, level: &Value) -> Result<(), String> {
    let level = match level.as_str() {
        Some("off") => None,
        Some(name) if Severity::named(name).is_some() => Severity::named(name),
        _ => {
            let known = "\"off\", \"hint\", \"info\", \"warning\" or \"error\"";
            return Err(format!("the level of '{code}' must be {known}"));
        }
    };
    levels.set(code, level)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn levels_are_read_bare_and_under_our_name() {
        let levels = json!({ "levels": { "near-variable": "off", "env-credential": "error" } });
        let bare = Settings::read(&levels);
        assert_eq!(bare.complaints, [""; 0]);
        assert_ne!(bare.levels, Some(Levels::default()));
        let nested = Settings::read(&json!({ "doppio": levels }));
        assert_eq!(nested.levels, bare.levels);
        for none in [json!(null), json!({}), json!(3), json!({ "doppio": null })] {
            let none = Settings::read(&none);
            assert_eq!((none.levels, none.complaints.len()), (None, 0));
        }
        let reset = Settings::read(&json!({ "levels": null }));
        assert_eq!(reset.levels, Some(Levels::default()));
    }

    #[test]
    fn what_cannot_be_is_explained() {
        let wrong =
            json!({ "levels": { "a": "off", "near-variable": "loud", "unknown-key": "off" } });
        let known = "\"off\", \"hint\", \"info\", \"warning\" or \"error\"";
        assert_eq!(
            Settings::read(&wrong).complaints,
            [
                "the setting levels: there is no check 'a'".to_owned(),
                format!("the setting levels: the level of 'near-variable' must be {known}"),
                "the setting levels: 'unknown-key' cannot be less than an error: a recipe with it does not run".to_owned(),
            ]
        );
        let wrong = Settings::read(&json!({ "levels": [] }));
        assert_eq!(
            wrong.complaints,
            ["the setting levels must be an object of codes and levels"]
        );
    }

    #[test]
    fn hints_are_switched_off_one_by_one() {
        let read = |value| Settings::read(&json!({ "hints": value }));
        let off = read(json!({ "durations": false }));
        let expected = Wanted {
            durations: false,
            ..Wanted::default()
        };
        assert_eq!((off.hints, off.complaints.len()), (Some(expected), 0));
        assert_eq!(Settings::read(&json!({})).hints, None);
        assert_eq!(read(json!(null)).hints, Some(Wanted::default()));
        assert_eq!(
            read(json!({ "value": false, "retries": 1 })).complaints,
            [
                "the setting hints: 'retries' must be true or false",
                "the setting hints: there is no 'value'; there are values, durations and retries",
            ]
        );
        assert_eq!(
            read(json!(false)).complaints,
            ["the setting hints must be an object such as { \"values\": false }"]
        );
    }
}
