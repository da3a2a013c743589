for lr in 1e-3 3e-4 1e-4; do
    for seed in {1..3}; do
        name="lr$lr-seed$seed"
        [[ -f runs/$name/done ]] && continue
        python train.py --lr "$lr" --seed "$seed" --name "$name" && touch "runs/$name/done"
    done
done
