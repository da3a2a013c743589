;;; -*- lexical-binding: t -*-
;; Runs the script of a test beside the loop of an Emacs that has started as usual: while the script
;; waits, Emacs is idle, its timers run and it talks to language servers, as under a person's hands.

(require 'generator)

(defvar limit 30 "Seconds that one `wait' may take.")

(defun press (keys)
  "Types KEYS, as `kbd' names them. What follows is about the buffer that is shown then."
  (execute-kbd-macro (kbd keys))
  (set-buffer (window-buffer)))

(defmacro wait (what condition)
  "Lets Emacs work until CONDITION gives something. WHAT is waited for."
  `(let ((ends (+ (float-time) limit)))
     (while (not ,condition)
       (when (> (float-time) ends) (error "waited for %s" ,what))
       (iter-yield nil))))

(defun text ()
  "What the buffer of the file holds."
  (save-restriction
    (widen)
    (buffer-substring-no-properties (point-min) (point-max))))

(defun has (words)
  "Whether the buffer holds WORDS."
  (string-search words (text)))

(defun shown (buffer)
  "What a BUFFER holds that may not be there yet."
  (if (get-buffer buffer) (with-current-buffer buffer (text)) ""))

(defun say (&rest words)
  "Prints WORDS for the test."
  (let ((save-silently t) (line (concat (mapconcat (lambda (word) (format "%s" word)) words " ") "\n")))
    (write-region line nil (getenv "DOPPIO_TEST_PRINTED") t 'quiet)))

(defun script ()
  "The script, as something that goes on from one `wait' to the next."
  (with-temp-buffer
    (insert "(iter-lambda () " (with-temp-buffer (insert-file-contents (getenv "DOPPIO_TEST_SCRIPT")) (text)) "\n)")
    (goto-char (point-min))
    (funcall (eval (read (current-buffer)) t))))

(defun go-on (test)
  "Lets the TEST do something, and ends Emacs when it has ended."
  (condition-case problem
      (with-current-buffer (window-buffer)
        (iter-next test)
        (run-with-timer 0.02 nil #'go-on test))
    (iter-end-of-sequence (end))
    (error
     (say "error:" (error-message-string problem))
     (say "the buffer:" (shown (window-buffer)))
     (say "messages:" (shown "*Messages*"))
     (dolist (buffer (buffer-list))
       (when (string-search "EGLOT" (buffer-name buffer))
         (let ((words (shown buffer)))
           (say (buffer-name buffer) (substring words (max 0 (- (length words) 4000)))))))
     (end))))

(defun end ()
  "Ends Emacs, which asks nothing on the way."
  (write-region "" nil (getenv "DOPPIO_TEST_ENDED") nil 'quiet)
  (dolist (buffer (buffer-list)) (with-current-buffer buffer (set-buffer-modified-p nil)))
  (setq confirm-kill-processes nil)
  (kill-emacs))

(add-hook 'emacs-startup-hook (lambda () (run-with-timer 0 nil (lambda () (go-on (script))))))
