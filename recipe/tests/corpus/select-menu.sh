PS3='Which one? '
select choice in build test quit; do
    case $choice in
        build) make ;;
        test) make test ;;
        quit) break ;;
    esac
done < /dev/null
