sqlite3 -header -column results.db <<'SQL'
SELECT model, ROUND(AVG(score), 3) AS mean, COUNT(*) AS runs
FROM results
GROUP BY model
ORDER BY mean DESC
LIMIT 10;
SQL
