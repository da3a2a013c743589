cp config.ini config.ini.bak
sed -i -e 's/^port *=.*/port = 9000/' -e '/^#/d' -e '/^$/d' config.ini
sed -n '/^\[server\]/,/^\[/p' config.ini
diff config.ini.bak config.ini || :
