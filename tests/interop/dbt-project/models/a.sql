{{ config(materialized='table') }}
select 1 as id, 'ana@example.com' as email, 2 as quantity
