//! Emacs with eglot, typed into: 30, the newest that can be had, and 28, the oldest that the README
//! promises.

use std::fs;

use testkit::{Program, Scripted};

use crate::world::{CANARY, LIMIT, World, credential, set_up};

/// What the scripts share.
const TOOLS: &str = r#"
(setq eglot-events-buffer-size 10000000 ; before and from eglot 1.16 on
      eglot-events-buffer-config '(:size 10000000 :format full)
      eglot-confirm-server-initiated-edits nil) ; eglot 1.9 asks before each

(defmacro open (file)
  `(progn
     (press (concat "C-x C-f " ,file " RET"))
     (wait "the server" (and (fboundp 'eglot-managed-p) (eglot-managed-p)))
     (press "C-f C-b"))) ; Flymake begins when a command has ended

(defun mistake (words)
  (cl-find-if (lambda (it) (string-search words (flymake-diagnostic-text it))) (flymake-diagnostics)))

(defun to (words)
  "Puts point before WORDS."
  (goto-char (point-min))
  (search-forward words)
  (goto-char (match-beginning 0)))

(defun act (title)
  "Takes the code action that begins with TITLE."
  (let ((last-nonmenu-event ?x) ; else it opens a menu
        (completing-read-function
         (lambda (_prompt choices &rest _)
           (or (cl-find-if (lambda (choice) (string-prefix-p title choice)) (mapcar #'car choices))
               (error "no %s among %S" title (mapcar #'car choices))))))
    (call-interactively #'eglot-code-actions)))

(defvar hover nil "What was said about what is under the cursor.")

(defun traffic ()
  (with-current-buffer (jsonrpc-events-buffer (eglot-current-server)) (text)))
"#;

const TRAIN: &str = r#"[recipe]
name = "train"

[variables]
model = "bert"

[[step]]
id = "install"
ssh_command = { host_id = "gpu-1", command = "echo ${model}" }

[[step]]
id = "train"
depends_on = ["instal"]
ssh_command = { host_id = "gpu-1", env = { T = "${secret:demo/token}" }, command = "echo there > written" }
"#;

/// Each test in both.
macro_rules! in_each_emacs {
    ($($name:ident)*) => {
        mod newest { $(#[test] fn $name() { super::$name(testkit::Program::Emacs); })* }
        mod oldest { $(#[test] fn $name() { super::$name(testkit::Program::OldEmacs); })* }
    };
}

in_each_emacs! {
    a_mistake_is_shown_and_mended_and_names_are_completed_and_explained
    names_are_followed_and_renamed_and_shown_in_an_index
    a_recipe_runs_once_it_is_approved
    only_recipes_are_attached_to
    a_recipe_is_formatted_and_written_in_another_way
    a_credential_moves_into_the_keychain
    the_text_is_told_as_the_server_has_it
}

fn emacs(world: &World, program: Program) -> Scripted<'_> {
    let set_up = set_up("Emacs", "elisp");
    world.editor(program, &format!("{set_up}\n{TOOLS}"))
}

/// By what `docs/editors.md` says.
fn the_text_is_told_as_the_server_has_it(program: Program) {
    let world = World::new();
    world.write("train.toml", TRAIN);
    let page = include_str!("../../docs/editors.md");
    let (_, rest) = page.split_once("in Emacs `M-: ").expect("how to ask");
    let (ask, _) = rest.split_once('`').expect("its end");
    let script = format!(
        r#"
        (open "train.toml")
        (goto-char (point-max))
        (insert "\n# ä😀\n")
        (wait "the change" (string-search "\n\n# ä😀\n" (plist-get {ask} :text)))"#
    );
    emacs(&world, program).run(&script, LIMIT);
}

fn a_mistake_is_shown_and_mended_and_names_are_completed_and_explained(program: Program) {
    let world = World::new();
    world.write("train.toml", TRAIN);
    let script = r#"
        (open "train.toml")
        (wait "the mistake" (mistake "no step has the id 'instal'"))
        (to "instal\"]")
        (act "Change to")
        (wait "the fix" (has "depends_on = [\"install\"]"))
        (wait "peace" (not (mistake "no step")))
        (to " > written")
        (insert " ${secret:demo/")
        ;; The server does not wait for the keychain: who is faster than it is told that there is no match.
        (wait "the name" (progn (completion-at-point) (has "there ${secret:demo/token} > written")))
        (to "${model}")
        (forward-char 3)
        (eglot-hover-eldoc-function (lambda (words &rest _) (setq hover words)))
        (wait "the hover" (string-search "bert" (or hover "")))
        (press "C-f") ; what is under the cursor is looked up when a command has ended
        (wait "the places" (= 2 (cl-count-if (lambda (it) (eq (overlay-get it 'face) 'eglot-highlight-symbol-face))
                                             (overlays-in (point-min) (point-max)))))
        (say (traffic))"#;
    let said = emacs(&world, program).run(script, LIMIT);
    assert!(said.contains("demo/token"), "{said}");
    assert!(!said.contains(CANARY), "the value is in the traffic");
}

fn names_are_followed_and_renamed_and_shown_in_an_index(program: Program) {
    let world = World::new();
    world.write("train.toml", &TRAIN.replace("\"instal\"", "\"install\""));
    let script = r#"
        (open "train.toml")
        (to "${model}")
        (forward-char 3)
        (press "M-.")
        (wait "the definition" (looking-at "model = "))
        (to "${model}")
        (forward-char 3)
        (press "M-x eglot-find-declaration RET")
        (wait "the declaration" (string-search "model = " (shown "*xref*")))
        (kill-buffer "*xref*")
        (switch-to-buffer "train.toml")
        (press "M-x eglot-rename RET base RET")
        (wait "the new name" (and (has "echo ${base}") (has "base = \"bert\"")))
        (to "install\"]")
        (xref-find-references "install")
        (wait "the places" (string-search "depends_on" (shown "*xref*")))
        (switch-to-buffer "train.toml")
        (wait "the index" (let ((index (format "%s" (funcall imenu-create-index-function))))
          (and (string-search "(base . 38)" index) (string-search "(install " index))))
        (kill-buffer "*xref*")
        (press "C-M-. instl RET")
        (wait "the step among those of all recipes" (string-search "id = \"install\"" (shown "*xref*")))
        (switch-to-buffer "train.toml")
        (to "gpu-1")
        (press "M-.")
        (wait "the host" (and (equal (buffer-name) "hosts.toml") (looking-at "gpu-1]")))"#;
    emacs(&world, program).run(script, LIMIT);
}

fn a_recipe_runs_once_it_is_approved(program: Program) {
    let world = World::new();
    world.write("train.toml", &TRAIN.replace("\"instal\"", "\"install\""));
    let script = r#"
        (open "train.toml")
        (act "Run recipe")
        ;; A message that comes with an answer in one piece waits in Emacs 28 for the next answer.
        (wait "the question" (progn (eldoc-print-current-symbol-info)
                                    (string-search "On gpu-1" (shown "*Messages*"))))
        (act "Approve and run: 1 host, 1 secret")
        (wait "the file" (file-exists-p (getenv "WRITTEN")))
        (say (traffic))"#;
    let written = world.sshd.home("bash").join("written");
    let said = emacs(&world, program)
        .env("WRITTEN", &written)
        .run(script, LIMIT);
    assert_eq!(fs::read_to_string(written).expect("there"), "there\n");
    assert!(said.contains("doppio.run"), "the buffer holds the traffic");
    assert!(!said.contains(CANARY), "the value is in the traffic");
}

fn only_recipes_are_attached_to(program: Program) {
    let world = World::new();
    for (name, text) in crate::world::TOML_FILES {
        world.write(name, text);
    }
    let script = r#"
        (dolist (name '("Cargo.toml" "recipes/a.toml" ".doppio/b.toml" "c.recipe.toml" "d.toml" "e.toml"))
          (find-file (expand-file-name name (getenv "HOME")))
          (say name major-mode))"#;
    let said = emacs(&world, program).run(script, LIMIT);
    let (other, recipes) = said.split_once('\n').expect("lines");
    assert_eq!(other, "Cargo.toml conf-toml-mode");
    assert_eq!(recipes.matches(" doppio-recipe-mode").count(), 5, "{said}");
}

fn a_recipe_is_formatted_and_written_in_another_way(program: Program) {
    let world = World::new();
    world.write("train.toml", &TRAIN.replace(" = ", "="));
    let script = r#"
        (open "train.toml")
        (to "name=")
        (set-mark (line-end-position))
        (activate-mark)
        (press "M-x eglot-format RET")
        (wait "the line" (has "name = \"train\""))
        (deactivate-mark)
        (to "model=")
        (press "M-x eglot-format-buffer RET")
        (wait "the style" (and (has "model = \"bert\"") (has "{ host_id = \"gpu-1\", command = ")))
        (wait "the cursor where it was" (looking-at "model = "))
        (to "echo there")
        (forward-char 5)
        (act "Extract into variable")
        (wait "the variable" (has "= \"there\""))
        (to "ssh_command")
        (act "Turn 'ssh_command' into")
        (wait "the table" (has "[step.ssh_command]"))"#;
    emacs(&world, program).run(script, LIMIT);
}

fn a_credential_moves_into_the_keychain(program: Program) {
    let world = World::new();
    let value = credential();
    world.write(
        "train.toml",
        &TRAIN.replace("echo there", &format!("T={value} true")),
    );
    let script = r#"
        (open "train.toml")
        (to "hf_")
        (wait "the mistake" (mistake "credential"))
        (act "Move")
        (wait "the reference" (progn (eldoc-print-current-symbol-info) (has "T=${secret:")))
        (to "T=${secret:")
        (re-search-forward "secret:\\([^}]+\\)")
        (say (match-string 1))"#;
    let said = emacs(&world, program).run(script, LIMIT);
    assert_eq!(world.keyring.lookup(said.trim()), Some(value), "{said}");
}

/// What eglot can do since 1.11 and 1.13.
#[test]
fn hints_stand_within_the_text_and_logs_are_opened() {
    let world = World::new();
    world.write("train.toml", &TRAIN.replace("\"instal\"", "\"install\""));
    let script = r#"
        (open "train.toml")
        (defun hinted (words)
          (cl-some (lambda (it) (and (overlay-get it 'eglot--inlay-hint)
                                     (string-search words (format "%s" (overlay-properties it)))))
                   (overlays-in (point-min) (point-max))))
        (wait "the hint" (hinted "bert"))
        (act "Dry run")
        (wait "the text of the dry run" (string-search "echo bert" (mapconcat (lambda (it) (shown it)) (buffer-list) "")))"#;
    emacs(&world, Program::Emacs).run(script, LIMIT);
}
