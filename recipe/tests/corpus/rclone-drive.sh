rclone mkdir drive:backups
rclone copy --transfers 8 --checkers 16 --progress checkpoints drive:backups/checkpoints
rclone check checkpoints drive:backups/checkpoints --one-way
