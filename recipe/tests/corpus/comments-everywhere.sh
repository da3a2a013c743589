# what this does
echo one # a trailing comment
# if it looked like code: if then fi done
echo "two # not a comment"  # it's fine
: 'a string used as
a comment of several lines'
echo three#four
