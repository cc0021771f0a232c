from . import base_partner_merge, cartona_discard, cartona_handover
