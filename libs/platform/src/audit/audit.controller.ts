import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequireScope } from '../http/decorators.js';
import { AuditPage, AuditQuery, AuditVerdict } from './audit-entry.js';
import { Audit } from './audit.js';

@ApiTags('admin')
@Controller('v1/admin/audit')
export class AuditController {
  constructor(@Inject(Audit) private readonly audit: Audit) {}

  @Get()
  @RequireScope('operator')
  @ApiOperation({ operationId: 'findAudit', summary: 'Page through the audit trail' })
  @ApiOkResponse({ type: AuditPage, description: 'A page of the trail, oldest first.' })
  find(@Query() query: AuditQuery): Promise<AuditPage> {
    return this.audit.find(query);
  }

  @Get('verify')
  @RequireScope('operator')
  @ApiOperation({ operationId: 'verifyAudit', summary: 'Walk the chain and name its first fault' })
  @ApiOkResponse({ type: AuditVerdict, description: 'Whether the trail is whole.' })
  verify(): Promise<AuditVerdict> {
    return this.audit.verify();
  }
}
