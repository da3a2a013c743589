//! Emacs with eglot, typed into.

use std::fs;

use testkit::emacs::Emacs;

use crate::world::{CANARY, LIMIT, World, readme_block};

/// What the scripts share.
const TOOLS: &str = r#"
(setq eglot-events-buffer-size 10000000)

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
  (cl-letf ((last-nonmenu-event ?x) ; else it opens a menu
            ((symbol-function 'completing-read)
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

fn emacs(world: &World) -> Emacs<'_> {
    let setup = readme_block("Emacs 28", "elisp");
    let emacs = Emacs::new(world.home()).setup(&format!("{setup}\n{TOOLS}"));
    (world.env().iter()).fold(emacs, |emacs, (name, value)| emacs.env(name, value))
}

#[test]
fn a_mistake_is_shown_and_mended_and_names_are_completed_and_explained() {
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
    let said = emacs(&world).run(script, LIMIT);
    assert!(said.contains("demo/token"), "{said}");
    assert!(!said.contains(CANARY), "the value is in the traffic");
}

#[test]
fn names_are_followed_and_renamed_and_shown_in_an_index() {
    let world = World::new();
    world.write("train.toml", &TRAIN.replace("\"instal\"", "\"install\""));
    let script = r#"
        (open "train.toml")
        (to "${model}")
        (forward-char 3)
        (press "M-.")
        (wait "the definition" (looking-at "model = "))
        (press "M-x eglot-rename RET base RET")
        (wait "the new name" (and (has "echo ${base}") (has "base = \"bert\"")))
        (to "install\"]")
        (xref-find-references "install")
        (wait "the places" (string-search "depends_on" (shown "*xref*")))
        (switch-to-buffer "train.toml")
        (wait "the index" (let ((index (format "%s" (funcall imenu-create-index-function))))
          (and (string-search "(base . 38)" index) (string-search "(install . " index))))"#;
    emacs(&world).run(script, LIMIT);
}

#[test]
fn a_recipe_runs_once_it_is_approved() {
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
    let said = emacs(&world).env("WRITTEN", &written).run(script, LIMIT);
    assert_eq!(fs::read_to_string(written).expect("there"), "there\n");
    assert!(said.contains("doppio.run"), "the buffer holds the traffic");
    assert!(!said.contains(CANARY), "the value is in the traffic");
}

#[test]
fn only_recipes_are_attached_to() {
    let world = World::new();
    for (name, text) in crate::world::TOML_FILES {
        world.write(name, text);
    }
    let script = r#"
        (dolist (name '("Cargo.toml" "recipes/a.toml" ".doppio/b.toml" "c.recipe.toml" "d.toml" "e.toml"))
          (find-file (expand-file-name name (getenv "HOME")))
          (say name major-mode))"#;
    let said = emacs(&world).run(script, LIMIT);
    let (other, recipes) = said.split_once('\n').expect("lines");
    assert_eq!(other, "Cargo.toml conf-toml-mode");
    assert_eq!(recipes.matches(" doppio-recipe-mode").count(), 5, "{said}");
}

#[test]
fn a_recipe_is_formatted() {
    let world = World::new();
    world.write("train.toml", &TRAIN.replace(" = ", "="));
    let script = r#"
        (open "train.toml")
        (to "model=")
        (press "M-x eglot-format-buffer RET")
        (wait "the style" (and (has "model = \"bert\"") (has "{ host_id = \"gpu-1\", command = ")))
        (wait "the cursor where it was" (looking-at "model = "))"#;
    emacs(&world).run(script, LIMIT);
}
