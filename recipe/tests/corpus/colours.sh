if [ -t 1 ]; then
    red=$'\e[31m' green=$'\e[32m' reset=$'\e[0m'
else
    red='' green='' reset=''
fi
echo "${green}ok${reset} ${red}failed${reset}"
