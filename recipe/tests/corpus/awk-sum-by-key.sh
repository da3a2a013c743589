awk -F'\t' '
    NR > 1 { sum[$1] += $3; n[$1]++ }
    END {
        for (key in sum)
            printf "%s\t%.2f\t%d\n", key, sum[key] / n[key], n[key]
    }
' measurements.tsv | sort -k2,2 -rn
