domain=app.example.org
end=$(openssl x509 -enddate -noout -in "/etc/letsencrypt/live/$domain/cert.pem" | cut -d= -f2)
left=$(( ($(date -d "$end" +%s) - $(date +%s)) / 86400 ))
if (( left < 20 )); then
    sudo certbot renew --quiet --deploy-hook 'systemctl reload nginx'
fi
echo "$domain: $left days"
