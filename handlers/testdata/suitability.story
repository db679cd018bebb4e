# What IBM's documents say of a service, by what is known of it, and the move to another one, which can be left and come back to.
service support-bot
as admin
GET /services/1/suitability
status 200
see Support route: not known.
POST /services/1/suitability
form begun=2999-01-01
status 422
see Give the day on which the instance was made
html value="2999-01-01"
not audit service.changed
POST /services/1/suitability
form begun=2018-05-21 migrated=no centre=frankfurt plan=plus tick=preview
status 303
location /services/1/suitability
audit service.changed service/1 by admin
follow
see Support route: EU.
see 3 rules speak against it.
POST /services/1/suitability
form begun=2020-01-01 centre=dallas plan=premium
status 303
follow
see Support route: outside the EU.
see Nothing that is known of it speaks against it.

see There is no other service of this kind yet.
POST /services
form kind=assistant name=new-bot
status 303
POST /services/1/keys
form name=old scope=logs
status 200
POST /services/1/move
form step=begin successor=1
status 422
see Choose another service in use, of the same kind.
POST /services/1/move
form step=begin successor=2
status 303
audit service.changed service/1 by admin
GET /services/1/suitability
see It has no key yet.
see 2 keys still open the old service
api support-bot
GET /v2/assistants/a1/logs?version=2020-04-01
status 200
as admin
GET /services/1/suitability
not see None has been used yet.
POST /services/1/move
form step=end
status 409
POST /services/2/keys
form name=new scope=logs
status 200
POST /services/1/keys/1/revoke
status 303
GET /services/1/suitability
see None has been used yet.
POST /services/1/keys/2/revoke
status 303
GET /services/1/suitability
see No key opens the old service any more.
POST /services/1/move
form step=end
status 303
GET /services/1/suitability
see The move is done
POST /services/1/move
form step=drop
status 409

as support
GET /services/1/suitability
status 200
see The move is done
POST /services/1/move
form step=drop
status 403

# Of a linked service the key is revoked at IBM, which is somebody's word; its queue stands on its page.
gateway front-bot
linked far-bot assistant unused
as admin
GET /services/{front-bot.upstream}/suitability
status 200
see Three steps: a new service, a new key, and the old key revoked.
POST /services/{front-bot.upstream}/move
form step=begin successor={far-bot.number}
status 303
GET /services/{front-bot.upstream}/suitability
see Its key is sealed with its link.
see Revoke the key of the old instance at IBM
POST /services/{front-bot.upstream}/move
form step=end
status 409
see The new service needs a key, and the old keys have to be revoked.
POST /services/{front-bot.upstream}/move
form step=revoked
status 303
audit service.changed service/{front-bot.upstream} by admin
follow
see Somebody said so: it lies at IBM, where nobody here can look.
POST /services/{front-bot.upstream}/move
form step=revoked
status 409
POST /services/{front-bot.upstream}/move
form step=end
status 303
audit service.changed service/{front-bot.upstream} by admin
GET /services/{front-bot.upstream}/suitability
see The move is done
not see It is revoked at IBM

# A service that was removed takes nobody's place.
linked gone-bot assistant unused
as admin
GET /services/{far-bot.number}/suitability
html <option value="{gone-bot.number}"
POST /services/{gone-bot.number}/remove
form confirm="remove link"
status 303
GET /services/{far-bot.number}/suitability
not html <option value="{gone-bot.number}"
GET /services/{gone-bot.number}/suitability
status 200
not html name="begun"
POST /services/{gone-bot.number}/suitability
form plan=plus
status 409
