command -v cargo >/dev/null || { curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y; . "$HOME/.cargo/env"; }
cargo build --release --locked
strip target/release/tool
cp target/release/tool ~/.local/bin/
