from . import test_inbox
from . import test_push
from . import test_push_committed
