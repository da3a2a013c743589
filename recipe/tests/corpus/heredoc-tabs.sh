if true; then
	cat <<-EOF
	indented with tabs
	home is $HOME
	EOF
fi
