cd infra || exit
terraform init -input=false
terraform validate
terraform plan -input=false -out=plan.bin -detailed-exitcode
case $? in
    0) echo "no changes" ;;
    2) terraform apply -input=false plan.bin ;;
    *) exit 1 ;;
esac
