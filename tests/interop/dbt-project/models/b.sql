{{ config(materialized='table') }}
select id, email as contact, quantity * 2 as doubled from {{ ref('a') }} where quantity > 0
